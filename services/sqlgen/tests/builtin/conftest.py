"""A small shop that knows dates: there, today is Monday, 16 June 2025."""

from datetime import date
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from services.sqlgen.tests.script_database import introspected, made_by

SHOP = Path(__file__).parent / "shop.sql"


@pytest.fixture(scope="session")
def monday() -> date:
    return date(2025, 6, 16)


@pytest.fixture(scope="session")
def shop_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_by(SHOP.read_text(encoding="utf-8"), tmp_path_factory.mktemp("shop") / "shop.sqlite")


@pytest.fixture(scope="session")
def shop_catalog(shop_path: Path) -> Catalog:
    return introspected(shop_path)


@pytest.fixture(scope="session")
def shop_index(shop_catalog: Catalog) -> SchemaIndex:
    return build_index(shop_catalog)
