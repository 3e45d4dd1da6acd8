"""Real servers: the embedded store, or the one that ROWCALL_MONGO_URL names, and a Kafka node of the tests' own."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.errands import Site
from libs.runtime.tests.kafka_site import KafkaSite
from rowcall_runtime.driver import Driver, Store, open_store
from rowcall_runtime.migrate import create_indexes
from tools.local.stack import Broker, start_kafka, start_store
from tools.testing.tiers import Backends


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[str]:
    """A server's URL without a database name."""
    if given := os.environ.get("ROWCALL_MONGO_URL"):
        backends.note("store", "ROWCALL_MONGO_URL")
        yield given.rpartition("/")[0]
        return
    backends.note("store", "embedded")
    folder: Path = tmp_path_factory.mktemp("store")
    with start_store(folder) as server:
        yield server.url.rpartition("/")[0]


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest, backends: Backends) -> Driver:
    """Each driver in turn."""
    name: Driver = request.param
    backends.note("driver", name)
    return name


@pytest.fixture
async def store(store_url: str, driver: Driver) -> AsyncIterator[Store]:
    """An empty database of its own, with all indexes."""
    async with open_store(f"{store_url}/t{uuid4().hex[:12]}", driver) as opened:
        await create_indexes(opened)
        yield opened


@pytest.fixture(scope="session")
def shared_database(store_url: str) -> str:
    """The URL of one database with all indexes, for tests that keep apart by ids and steps of their own."""
    url = f"{store_url}/shared{uuid4().hex[:12]}"

    async def prepare() -> None:
        async with open_store(url, "pymongo") as opened:
            await create_indexes(opened)

    with asyncio.Runner() as runner:
        runner.run(prepare())
    return url


@pytest.fixture
async def shared_store(shared_database: str, backends: Backends) -> AsyncIterator[Store]:
    """The shared database through the driver that costs least."""
    backends.note("driver", "pymongo")
    async with open_store(shared_database, "pymongo") as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    """Time that moves only when told to."""
    return ManualClock()


@pytest.fixture
def site(shared_store: Store, clock: ManualClock) -> Site:
    """Errands at a step that no other test looks at."""
    return Site(store=shared_store, clock=clock, step=f"step-{uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[Broker]:
    """One Kafka node for the run; a test that stops it starts it again."""
    backends.note("broker", "Apache Kafka, embedded")
    with start_kafka(tmp_path_factory.mktemp("kafka")) as node:
        yield node


@pytest.fixture
def kafka(broker: Broker) -> KafkaSite:
    """The node that runs for all tests."""
    return KafkaSite(broker.bootstrap)
