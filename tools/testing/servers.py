"""The real servers that tests of several packages share: one of each per run."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from rowcall_databases.testing import UNAVAILABLE, PostgresServer, running_postgres
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.migrate import create_indexes
from tools.local.stack import start_store
from tools.testing import mysql_server as mysql
from tools.testing.tiers import Backends


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[str]:
    """A store's URL without a database name: the server that ROWCALL_MONGO_URL names, or the embedded one."""
    if given := os.environ.get("ROWCALL_MONGO_URL"):
        backends.note("store", "given")
        yield given.rpartition("/")[0]
        return
    # Nobody kills this store, and a slow disk would be what the tests measure.
    with start_store(tmp_path_factory.mktemp("store"), sync=False) as server:
        backends.note("store", f"embedded {server.server.program.name}")
        yield server.url.rpartition("/")[0]


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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A customer's PostgreSQL."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgres())
        except UNAVAILABLE as error:
            pytest.skip(f"no PostgreSQL could be started here: {error}")
        yield server


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[mysql.MysqlServer]:
    """A customer's MySQL."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(mysql.running_mysql())
        except mysql.UNAVAILABLE as error:
            pytest.skip(f"no MySQL could be started here: {error}")
        yield server
