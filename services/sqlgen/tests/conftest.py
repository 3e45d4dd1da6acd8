"""Real databases, introspected by the product itself: the demo data, and a small school on each engine."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_contracts.results import ResultSet
from rowcall_databases import AccessPolicy, Database, QueryLimits, open_database, parse_uri
from rowcall_databases.testing import LOOPBACK_POLICY, PostgresServer
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.trained import trained_answering
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from tools.testing.demo_data import DemoRows, made_once
from tools.testing.mysql_server import MysqlServer

HERE = Path(__file__).parent
NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def today() -> date:
    return NOW.date()


@pytest.fixture(scope="session")
def answering() -> Answering:
    """The trained parts as they are shipped: to read them takes half a second."""
    return trained_answering()


@pytest.fixture(scope="session")
def demo_catalog(demo_database: Path) -> Catalog:
    """What the product finds in the demo data; it looks for some seconds, so once for all processes."""

    def introspect(target: Path) -> None:
        target.write_text(asyncio.run(_introspected(f"sqlite:///{demo_database}")).model_dump_json(), encoding="utf-8")

    kept = made_once(demo_database.with_name("catalog.json"), introspect)
    return Catalog.model_validate_json(kept.read_bytes())


@pytest.fixture
def rows_of(expected: Mapping[str, object], demo_rows: DemoRows, request: pytest.FixtureRequest) -> DemoRows:
    """Runs statements on as much of the demo data as the question under test needs."""
    if expected.get("whole"):
        whole: DemoRows = request.getfixturevalue("whole_demo_rows")
        return whole
    return demo_rows


@pytest.fixture(scope="session")
def demo_index(demo_catalog: Catalog) -> SchemaIndex:
    return build_index(demo_catalog)


@pytest.fixture(scope="session", params=[*Dialect])
def school_uri(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One small schema on each engine; its mixed-case and reserved names need quotes."""
    script = (HERE / "school.sql").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("school")
    match request.param:
        case Dialect.SQLITE:
            sqlite = sqlite3.connect(folder / "school.sqlite")
            sqlite.executescript(script)
            sqlite.close()
            yield f"sqlite:///{folder}/school.sqlite"
        case Dialect.DUCKDB:
            with duckdb.connect(str(folder / "school.duckdb")) as file:
                file.execute(script)
            yield f"duckdb:///{folder}/school.duckdb"
        case Dialect.MYSQL:
            mysql: MysqlServer = request.getfixturevalue("mysql_server")
            with mysql.database(script) as name:
                yield mysql.uri(name)
        case _:
            server: PostgresServer = request.getfixturevalue("postgres_server")
            # A database of its own: the server outlives this fixture, which may be set up again.
            name = folder.name
            with psycopg.connect(server.uri(), autocommit=True) as connection:
                connection.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
            with psycopg.connect(server.uri(database=name), autocommit=True) as connection:
                connection.execute(script.encode())
            yield server.uri(database=name)


@pytest.fixture(scope="session")
def school_catalog(school_uri: str) -> Catalog:
    return asyncio.run(_introspected(school_uri))


@pytest.fixture(scope="session")
def school_index(school_catalog: Catalog) -> SchemaIndex:
    return build_index(school_catalog)


@pytest.fixture
async def run_at_school(school_uri: str) -> AsyncIterator[Callable[[str], Awaitable[ResultSet]]]:
    database = _opened(school_uri)

    async def run(sql: str) -> ResultSet:
        return await database.query(sql, QueryLimits(timeout_s=10, max_rows=100, max_bytes=100_000))

    yield run
    await database.close()


def _opened(uri: str) -> Database:
    root = Path(uri.partition("://")[2]).parent
    policy = AccessPolicy(file_roots=(root,), allow_networks=LOOPBACK_POLICY.allow_networks)
    return open_database(parse_uri(uri, policy), now=lambda: NOW)


async def _introspected(uri: str) -> Catalog:
    database = _opened(uri)
    try:
        return await database.introspect()
    finally:
        await database.close()
