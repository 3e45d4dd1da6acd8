"""A small shop that knows dates: there, today is Monday, 16 June 2025."""

import asyncio
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, open_database, parse_uri
from rowcall_sqlgen.engine.index import SchemaIndex, build_index

SHOP = Path(__file__).parent / "shop.sql"


@pytest.fixture(scope="session")
def monday() -> date:
    return date(2025, 6, 16)


@pytest.fixture(scope="session")
def shop_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SHOP.read_text(encoding="utf-8"))
    connection.close()
    return path


@pytest.fixture(scope="session")
def shop_catalog(shop_path: Path) -> Catalog:
    async def introspected() -> Catalog:
        policy = AccessPolicy(file_roots=(shop_path.parent,))
        database = open_database(
            parse_uri(f"sqlite:///{shop_path}", policy), now=lambda: datetime(2025, 6, 16, tzinfo=UTC)
        )
        try:
            return await database.introspect()
        finally:
            await database.close()

    return asyncio.run(introspected())


@pytest.fixture(scope="session")
def shop_index(shop_catalog: Catalog) -> SchemaIndex:
    return build_index(shop_catalog)
