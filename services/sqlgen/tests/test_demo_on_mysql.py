"""The demo questions on MySQL: each answer gives there the rows that the reference gives on SQLite."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NotRequired, TypedDict

import pytest
import sqlglot

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.results import Cell
from rowcall_databases import Database, ProfileBounds, QueryLimits, open_database, parse_uri
from rowcall_databases.testing import LOOPBACK_POLICY
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.screening import may_run
from tools.testing.demo_data import DemoRows
from tools.testing.mysql_demo import load_demo
from tools.testing.mysql_server import MysqlServer

LINES = (Path(__file__).parent / "demo_questions.jsonl").read_text(encoding="utf-8").splitlines()
BOUNDS = ProfileBounds(budget_s=60, statement_s=20)  # the machine may be busy


class Answered(TypedDict):
    question: str
    reference: str
    ordered: bool
    whole: NotRequired[bool]


QUESTIONS: list[Answered] = [json.loads(line) for line in LINES]
RUN = [expected for expected in QUESTIONS if not expected.get("whole")]
"""Here are a quarter of the flights; what differs from SQLite is the spelling."""


@pytest.fixture(scope="module")
def mysql_demo_uri(mysql_server: MysqlServer, demo_sample: Path) -> Iterator[str]:
    """A quarter of the demo data in a database of its own."""
    with mysql_server.database() as name:
        load_demo(mysql_server, name, demo_sample)
        yield mysql_server.uri(name)


@pytest.fixture(scope="module")
def mysql_demo_catalog(mysql_demo_uri: str) -> Catalog:
    """What the product itself finds there."""

    async def introspected() -> Catalog:
        async with opened(mysql_demo_uri) as database:
            return await database.introspect(BOUNDS)

    return asyncio.run(introspected())


@pytest.fixture(scope="module")
def mysql_demo_index(mysql_demo_catalog: Catalog) -> SchemaIndex:
    return build_index(mysql_demo_catalog)


@pytest.fixture
async def mysql_demo(mysql_demo_uri: str) -> AsyncIterator[Database]:
    async with opened(mysql_demo_uri) as database:
        yield database


def opened(uri: str) -> Database:
    return open_database(parse_uri(uri, LOOPBACK_POLICY), now=lambda: datetime(2025, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("expected", RUN, ids=lambda expected: expected["question"])
async def test_answer_gives_the_rows_of_the_reference(
    expected: Answered,
    mysql_demo_index: SchemaIndex,
    mysql_demo: Database,
    demo_rows: DemoRows,
    today: date,
) -> None:
    best = answer(expected["question"], mysql_demo_index, today).candidates[0]

    rows = [plain(row) for row in (await mysql_demo.query(best.sql, QueryLimits(max_rows=400_000))).rows]
    reference = [plain(row) for row in demo_rows(expected["reference"])]
    if not expected["ordered"]:
        rows, reference = sorted(rows, key=repr), sorted(reference, key=repr)
    assert rows == reference, best.sql


@pytest.mark.parametrize("expected", QUESTIONS, ids=lambda expected: expected["question"])
def test_every_candidate_parses_again_and_passes_the_guard(
    expected: Answered, mysql_demo_index: SchemaIndex, mysql_demo_catalog: Catalog, today: date
) -> None:
    for candidate in answer(expected["question"], mysql_demo_index, today).candidates:
        assert sqlglot.parse_one(candidate.sql, dialect="mysql").sql(dialect="mysql") == candidate.sql
        assert may_run(candidate.sql, mysql_demo_catalog)


def plain(row: tuple[Cell, ...]) -> list[Cell]:
    """MySQL's averages are decimals with four places more than their column, its times of day have a `T`."""
    return [rounded(cell) for cell in row]


def rounded(cell: Cell) -> Cell:
    try:
        return round(float(cell), 2) if cell is not None else None
    except ValueError:
        return str(cell).replace("T", " ")
