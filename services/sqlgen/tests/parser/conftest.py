"""The school on SQLite, indexed."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rowcall_databases import AccessPolicy, open_database, parse_uri
from rowcall_sqlgen.engine.index import SchemaIndex, build_index

SCHOOL = Path(__file__).parents[1] / "school.sql"
NOW = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def today() -> date:
    return NOW.date()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("school") / "school.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHOOL.read_text(encoding="utf-8"))
    connection.close()
    return path


@pytest.fixture(scope="module")
def data(school: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(school)
    yield connection
    connection.close()


@pytest.fixture
async def index(school: Path) -> SchemaIndex:
    policy = AccessPolicy(file_roots=(school.parent,))
    database = open_database(parse_uri(f"sqlite:///{school}", policy), now=lambda: NOW)
    try:
        return build_index(await database.introspect())
    finally:
        await database.close()
