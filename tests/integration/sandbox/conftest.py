"""A deployment to break, with short leases, a language model to ask, and a collector of its traces."""

from collections.abc import Iterator

import pytest

from tests.integration.deployment import Sandbox, deployed, heal
from tests.integration.llm_server import LanguageModel, serving_model
from tests.integration.receivers import Receiver, receiving

SETTINGS = {
    "ROWCALL_LEASE_TTL_S": "2",
    "ROWCALL_QUERY_TIMEOUT_S": "120",  # a heavy query of some seconds may get a small share of a busy machine
    "OTEL_BSP_SCHEDULE_DELAY": "500",  # milliseconds
}


@pytest.fixture(scope="package")
def model() -> Iterator[LanguageModel]:
    """What sqlgen asks."""
    with serving_model() as running:
        yield running


@pytest.fixture(scope="package")
def collector() -> Iterator[Receiver]:
    """An OTLP receiver over HTTP."""
    with receiving() as running:
        running.status = 200
        yield running


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory, model: LanguageModel, collector: Receiver) -> Iterator[Sandbox]:
    """The deployment, whatever state the last test left it in; it ends with the last test of this folder."""
    settings = {**SETTINGS, **model.settings, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    with deployed(tmp_path_factory.mktemp("sandbox"), **settings) as running:
        yield running


@pytest.fixture
def deployment(sandbox: Sandbox) -> Sandbox:
    """The deployment, whole again."""
    heal(sandbox)
    return sandbox
