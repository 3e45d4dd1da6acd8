"""One deployment for the tests that leave it whole; those in `sandbox` have one to break."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from tests.integration.api import Api
from tests.integration.deployment import Deployment, deployed_on
from tests.integration.inspection import Inspection, inspecting
from tests.integration.receivers import Receiver, receiving
from tests.integration.servers import Servers, serving
from tools.testing.tiers import Backends

TIMEOUT_S = 180
"""Whichever test comes first also waits for the start of a deployment."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Gives the tests of this folder more time, where they name none themselves."""
    for item in items:
        if Path(__file__).parent in item.path.parents and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="package")
def servers(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[Servers]:
    """Broker and store of the shared deployment."""
    with serving(tmp_path_factory.mktemp("servers")) as running:
        backends.note("store", running.store_name)
        backends.note("broker", running.broker_name)
        backends.note("driver", os.environ.get("ROWCALL_MONGO_DRIVER", "motor"))
        yield running


@pytest.fixture(scope="package")
def deployment(tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Iterator[Deployment]:
    """The shared deployment, which ends with the last test of this folder: idle processes cost, too."""
    with deployed_on(servers.broker, servers.store, folder=tmp_path_factory.mktemp("deployment")) as running:
        yield running


@pytest.fixture
def inspection(deployment: Deployment) -> Iterator[Inspection]:
    """The store of the deployment under test."""
    with inspecting(deployment.store.url) as opened:
        yield opened


@pytest.fixture
def api(deployment: Deployment) -> Iterator[Api]:
    """A caller of the shared deployment."""
    with deployment.client() as client:
        yield Api(client)


@pytest.fixture(scope="package")
def flights(deployment: Deployment, demo_database: Path) -> Path:
    """The demo data where the shared deployment may open it."""
    return place(demo_database, deployment)


@pytest.fixture(scope="package")
def demo(deployment: Deployment, flights: Path) -> str:
    """A connection to the demo data, which nobody changes: to read its structure takes the executor some seconds."""
    with deployment.client() as client:
        return Api(client).connect(flights)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver."""
    with receiving() as running:
        yield running


def place(source: Path, running: Deployment) -> Path:
    """Copies a database file below a deployment's file roots."""
    target = running.folder / "data" / source.name
    copyfile(source, target)
    return target
