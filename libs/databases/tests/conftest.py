"""Real databases: SQLite and DuckDB files, and the run's PostgreSQL and MySQL servers."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import psycopg
import pytest

from rowcall_databases import AccessPolicy, Database, open_database, parse_uri
from rowcall_databases.testing import LOOPBACK_POLICY, PostgresServer
from tools.testing.mysql_server import MysqlServer

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, country VARCHAR(2), since DATE);
CREATE TABLE invoice (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, total DECIMAL(10, 2), paid BOOLEAN,
    FOREIGN KEY (customer_id) REFERENCES customer (id));
INSERT INTO customer VALUES (1, 'Ada', 'GB', '1815-12-10'), (2, 'Grace', 'US', '1906-12-09'), (3, 'Zoë', NULL, NULL);
INSERT INTO invoice VALUES (10, 1, 12.50, true), (11, 1, 99.99, false), (12, 2, 0.01, true);
CREATE VIEW paid_invoice AS SELECT id, total FROM invoice WHERE paid;
"""


@pytest.fixture
def policy(tmp_path: Path) -> AccessPolicy:
    return AccessPolicy(file_roots=(tmp_path,), allow_networks=LOOPBACK_POLICY.allow_networks)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SHOP)
    connection.close()
    return path


@pytest.fixture
def duckdb_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(SHOP)
    return path


@pytest.fixture
def postgres_shop(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    with psycopg.connect(postgres_server.uri(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
        connection.execute(SHOP.encode())
        yield postgres_server


@pytest.fixture(scope="session")
def shop_script() -> str:
    """What every shop consists of, in SQL that all engines read."""
    return SHOP


@pytest.fixture
def mysql_shop(mysql_server: MysqlServer) -> Iterator[str]:
    """The name of a database of its own."""
    with mysql_server.database(SHOP) as name:
        yield name


@pytest.fixture
async def opened(policy: AccessPolicy) -> AsyncIterator[Callable[[str], Database]]:
    databases: list[Database] = []

    def open_uri(uri: str) -> Database:
        databases.append(open_database(parse_uri(uri, policy), now=lambda: NOW))
        return databases[-1]

    yield open_uri
    for database in databases:
        await database.close()


@pytest.fixture
def shop_uri(request: pytest.FixtureRequest, engine: str) -> str:
    if engine == "postgres":
        server: PostgresServer = request.getfixturevalue("postgres_shop")
        return server.uri()
    if engine == "mysql":
        mysql: MysqlServer = request.getfixturevalue("mysql_server")
        return mysql.uri(request.getfixturevalue("mysql_shop"))
    return f"{engine}:///{request.getfixturevalue(f'{engine}_file')}"
