"""One deployment that all chaos tests break and mend, with short leases and a model that takes its time."""

from collections.abc import Iterator

import pytest

from tests.integration.api import Api
from tests.integration.deployment import Sandbox, deployed, heal
from tests.integration.inspection import Inspection, inspecting
from tests.integration.llm_server import serving_model
from tests.integration.receivers import Receiver, receiving

MODEL_DELAY_S = 0.2


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The deployment, whatever state the last test left it in."""
    with serving_model() as model:
        model.delay_s = MODEL_DELAY_S
        settings = {"ROWCALL_LEASE_TTL_S": "3", "ROWCALL_QUERY_TIMEOUT_S": "300", **model.settings}
        with deployed(tmp_path_factory.mktemp("chaos"), **settings) as started:
            yield started


@pytest.fixture
def deployment(running: Sandbox) -> Sandbox:
    """The deployment, whole again."""
    heal(running)
    return running


@pytest.fixture
def api(deployment: Sandbox) -> Iterator[Api]:
    """A caller."""
    with deployment.client() as client:
        yield Api(client)


@pytest.fixture
def inspection(deployment: Sandbox) -> Iterator[Inspection]:
    """The deployment's store."""
    with inspecting(deployment.store.url) as opened:
        yield opened


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    with receiving() as started:
        yield started
