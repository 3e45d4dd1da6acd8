"""Real stores for the contract suites: the embedded one, or the one that ROWCALL_MONGO_URL names."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from rowcall_runtime.driver import Driver, Store, open_store
from rowcall_runtime.migrate import create_indexes

from tools.local.stack import start_store


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server's URL without a database name."""
    if given := os.environ.get("ROWCALL_MONGO_URL"):
        yield given.rpartition("/")[0]
        return
    folder: Path = tmp_path_factory.mktemp("store")
    with start_store(folder) as server:
        yield server.url.rpartition("/")[0]


@pytest.fixture(params=["motor", "pymongo"])
def driver(request: pytest.FixtureRequest) -> Driver:
    """Each driver in turn."""
    name: Driver = request.param
    return name


@pytest.fixture
async def store(store_url: str, driver: Driver) -> AsyncIterator[Store]:
    """An empty database of its own, with all indexes."""
    async with open_store(f"{store_url}/t{uuid4().hex[:12]}", driver) as opened:
        await create_indexes(opened)
        yield opened
