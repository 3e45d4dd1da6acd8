"""Whatever is said after whatever statement: nothing is raised, and nothing is offered that the guard refuses."""

import asyncio
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowcall_contracts.candidates import Generation
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.inputs import Turn
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.testing import NOW
from rowcall_sqlgen.screening import may_run


def _column(name: str, kind: ColumnKind = ColumnKind.INTEGER, *values: str) -> Column:
    return Column(name=name, type=kind.value.upper(), kind=kind, profile=ColumnProfile(values=values))


OFFICE = Table(
    name="office",
    columns=(_column("id"), _column("city", ColumnKind.TEXT, "Lund", "Oslo"), _column("size")),
    primary_key=("id",),
    row_count=2,
)
DESK = Table(
    name="desk",
    columns=(_column("id"), _column("office_id"), _column("price"), _column("order", ColumnKind.TEXT, "old", "new")),
    primary_key=("id",),
    foreign_keys=(ForeignKey(columns=("office_id",), referred_table="office", referred_columns=("id",)),),
    row_count=9,
)
STATEMENTS = [
    "SELECT * FROM desk",
    "SELECT d.price FROM desk AS d JOIN office AS o ON o.id = d.office_id WHERE o.city = 'Lund' AND d.price > 5",
    "SELECT city, COUNT(*) AS n FROM desk JOIN office ON office.id = desk.office_id GROUP BY city ORDER BY n DESC",
    "SELECT DISTINCT city FROM office WHERE id IN (SELECT office_id FROM desk WHERE price BETWEEN 1 AND 9)",
    "SELECT AVG(price) FROM desk WHERE office_id = 1 OR office_id = 2",
    "WITH d AS (SELECT price FROM desk) SELECT price FROM d ORDER BY price LIMIT 3",
    "SELECT a.id FROM desk AS a JOIN desk AS b ON a.price = b.price",
    "SELECT city FROM office UNION SELECT 'x'",
    "SELECT city, RANK() OVER (ORDER BY size) AS place FROM office",
    "SELECT (SELECT MAX(price) FROM desk WHERE desk.office_id = office.id) AS top FROM office",
    "DELETE FROM desk",
    "SELECT * FROM secrets",
    "not SQL at all",
]
WORDS = """
    and also instead only those what about per by for all without top 5 3 first sort order descending city office
    offices desk desks price size Lund Oslo old average maximum total count how many distinct different most highest
    over under more than 100 between or not also show drop regardless of the reverse it limit each name in with miles
    2013 May ; -- ' " ) ( DROP TABLE
""".split()
UTTERANCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(" ".join)


@pytest.fixture(scope="module")
def generator() -> BuiltinGenerator:
    return BuiltinGenerator(IndexCache(max_bytes=10_000_000))


def _answered(generator: BuiltinGenerator, said: str, before: str, catalog: Catalog, *, refining: bool) -> Generation:
    request = partial(GenerationRequest, question=said, connection_id="conn_1", catalog=catalog, max_rows=10, now=NOW)
    turns = (Turn(question="?", sql=before),)
    return asyncio.run(generator.generate(request(refining=before) if refining else request(history=turns)))


@pytest.mark.parametrize("dialect", [Dialect.SQLITE, Dialect.POSTGRES, Dialect.MYSQL, Dialect.DUCKDB])
@settings(deadline=None, max_examples=150)
@given(said=UTTERANCES | st.text(max_size=40), before=st.sampled_from(STATEMENTS), refining=st.booleans())
def test_an_edit_never_leaves_the_guard(
    generator: BuiltinGenerator, dialect: Dialect, said: str, before: str, refining: bool
) -> None:
    catalog = Catalog(dialect=dialect, fingerprint=dialect.value, tables=(OFFICE, DESK), profiled_at=NOW)
    generation = _answered(generator, said, before, catalog, refining=refining)
    assert bool(generation.candidates) != bool(generation.clarification)
    assert all(may_run(candidate.sql, catalog) for candidate in generation.candidates)
    confidences = [candidate.confidence for candidate in generation.candidates]
    assert confidences == sorted(confidences, reverse=True)
    assert len({candidate.sql for candidate in generation.candidates}) == len(generation.candidates)
