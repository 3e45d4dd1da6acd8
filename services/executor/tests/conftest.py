"""An office per test, and the shop on each engine."""

import base64
from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from rowcall_contracts.pipelines import Service
from rowcall_contracts.resources import Connection
from rowcall_contracts.settings import ExecutorSettings
from rowcall_databases.testing import PostgresServer
from rowcall_executor.__main__ import handlers
from rowcall_executor.database_pool import DatabasePool
from rowcall_runtime.driver import Store
from rowcall_runtime.process import Platform
from rowcall_runtime.testing import platform_without_kafka
from services.executor.tests.office import QUERY_TIMEOUT_S, SHOP, Office, duckdb_file, postgres_shop, sqlite_file
from tools.testing.mysql_server import MysqlServer

NO_KAFKA = "127.0.0.1:1"


@pytest.fixture
async def platform(shared_store: Store) -> AsyncIterator[Platform]:
    """What the executor stands on, with Kafka away."""
    settings = ExecutorSettings.model_validate({"mongo_url": "-", "kafka_bootstrap": NO_KAFKA, "master_key": "-"})
    async with platform_without_kafka(Service.EXECUTOR, shared_store, settings) as built:
        yield built


@pytest.fixture
async def pool(platform: Platform) -> AsyncIterator[DatabasePool]:
    """A pool that nobody sweeps."""
    async with DatabasePool(platform.clock.now) as opened:
        yield opened


@pytest.fixture
def query_timeout_s() -> float:
    """Seconds that all candidates of a job have; tests of statements that never end give them less."""
    return QUERY_TIMEOUT_S


@pytest.fixture
def master_key() -> str:
    """The setting; a test of a rotation lists a former key besides."""
    return base64.b64encode(bytes(PrivateKey.generate())).decode()


@pytest.fixture
def office(platform: Platform, pool: DatabasePool, tmp_path: Path, query_timeout_s: float, master_key: str) -> Office:
    """The handlers as the process wires them; files open below the test's folder."""
    settings = ExecutorSettings.model_validate(
        {
            "mongo_url": "-",
            "kafka_bootstrap": NO_KAFKA,
            "master_key": master_key,
            "file_roots": (tmp_path,),
            "database_allow_networks": (ip_network("127.0.0.0/8"),),
            "query_timeout_s": query_timeout_s,
        }
    )
    return Office(
        platform=platform,
        handlers=handlers(platform, settings, pool),
        pool=pool,
        master_key=master_key,
        root=tmp_path,
    )


@pytest.fixture
async def shop(office: Office) -> Connection:
    """A connection to the shop on SQLite."""
    return await office.connect(sqlite_file(office.root / "shop.sqlite"))


@pytest.fixture
def mysql_shop(mysql_server: MysqlServer) -> Iterator[str]:
    """The shop in a MySQL database of its own."""
    with mysql_server.database(SHOP) as name:
        yield mysql_server.uri(name)


@pytest.fixture(params=["sqlite", "duckdb", "postgres", "mysql"])
def shop_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The shop on each engine."""
    match request.param:
        case "sqlite":
            return sqlite_file(tmp_path / "shop.sqlite")
        case "duckdb":
            return duckdb_file(tmp_path / "shop.duckdb")
        case "mysql":
            return str(request.getfixturevalue("mysql_shop"))
        case _:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            return postgres_shop(server.uri())
