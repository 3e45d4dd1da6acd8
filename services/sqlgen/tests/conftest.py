"""The demo data, introspected by the product itself, and small catalogs made by hand."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, open_database, parse_uri
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from tools.local.demo import ensure_demo

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def today() -> date:
    return NOW.date()


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_demo(tmp_path_factory.mktemp("demo") / "flights.sqlite")


@pytest.fixture(scope="session")
def demo_catalog(demo_path: Path) -> Catalog:
    return asyncio.run(_introspected(demo_path))


async def _introspected(path: Path) -> Catalog:
    location = parse_uri(f"sqlite:///{path}", AccessPolicy(file_roots=(path.parent,)))
    database = open_database(location, now=lambda: NOW)
    try:
        return await database.introspect()
    finally:
        await database.close()


@pytest.fixture(scope="session")
def demo_index(demo_catalog: Catalog) -> SchemaIndex:
    return build_index(demo_catalog)


@pytest.fixture
def demo_data(demo_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{demo_path}?mode=ro", uri=True)
    yield connection
    connection.close()
