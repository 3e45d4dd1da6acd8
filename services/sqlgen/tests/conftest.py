"""The demo data, introspected by the product itself, and small catalogs made by hand."""

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.results import Cell
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


def _column(name: str, kind: ColumnKind, *values: Cell, rows: int = 4, **profile: Cell) -> Column:
    filled = ColumnProfile(
        distinct_count=len(values) or rows,
        null_count=0,
        minimum=profile.get("minimum", values[0] if values else None),
        maximum=profile.get("maximum", values[-1] if values else None),
        values=values,
    )
    return Column(name=name, type=kind.value, kind=kind, profile=filled)


@pytest.fixture(scope="session")
def school_catalog() -> Catalog:
    """Students take courses over a bridge; each belongs to a class; some have pets."""
    text, integer, when = ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.DATE
    student = Table(
        name="Student",
        columns=(
            _column("StuID", integer),
            _column("stu_fname", text),
            _column("stu_lname", text),
            _column("sex", text, "F", "M"),
            _column("age", integer, 18, 19, 20),
            _column("birth_date", when, minimum="2001-01-02", maximum="2006-07-08"),
            _column("order", integer, 1, 2),
        ),
        primary_key=("StuID",),
        row_count=4,
    )
    course = Table(
        name="Course",
        columns=(
            _column("course_id", integer),
            _column("title", text, "Data Base", "Logic"),
            _column("credits", integer, 3, 4),
        ),
        primary_key=("course_id",),
        row_count=2,
    )
    takes = Table(
        name="Enrollment",
        columns=(
            _column("stu_id", integer, 1, 2),
            _column("course_id", integer, 1, 2),
            _column("grade", text, "A", "B"),
        ),
        foreign_keys=(
            ForeignKey(columns=("stu_id",), referred_table="student", referred_columns=("stuid",)),
            ForeignKey(columns=("course_id",), referred_table="Course", referred_columns=("course_id",)),
        ),
        row_count=6,
    )
    pet = Table(
        name="Pets",
        columns=(_column("pet_id", integer), _column("owner", integer, 1), _column("kind", text, "cat", "dog")),
        primary_key=("pet_id",),
        foreign_keys=(ForeignKey(columns=("owner",), referred_table="Student", referred_columns=("StuID",)),),
        row_count=2,
    )
    island = Table(name="Island", columns=(_column("island_name", text, "Capri", "Elba"),), row_count=2)
    return Catalog(
        dialect=Dialect.SQLITE, fingerprint="school", tables=(student, course, takes, pet, island), profiled_at=NOW
    )


@pytest.fixture(scope="session")
def school_index(school_catalog: Catalog) -> SchemaIndex:
    return build_index(school_catalog)
