"""Columns are read as they are called."""

from datetime import UTC, date, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_sqlgen.builtin.column_wording import in_its_words, in_their_words
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.linking import Cut
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison, Meaning, Measure, Order
from rowcall_sqlgen.engine.reading import Reading, Readings
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parsed, Parses

DAY, HOTTEST, CODE, PARENT = (ColumnRef("days", name) for name in ("day", "max_temperature", "code", "parent_code"))
MAXIMUM = Measure(Aggregate.MAX, "days", HOTTEST)


@pytest.fixture(scope="module")
def days() -> SchemaIndex:
    columns = [Column(name=name, type="text", kind=ColumnKind.TEXT) for name in ("day", "code", "parent_code")]
    columns.append(Column(name="max_temperature", type="int", kind=ColumnKind.INTEGER))
    table = Table(name="days", columns=tuple(columns), primary_key=(), foreign_keys=())
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return build_index(Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(table,), profiled_at=now))


def _by_day(measure: Measure, above: int) -> Meaning:
    having = (Comparison(measure, Operator.GT, above),)
    return Meaning(items=(DAY,), source="days", group=(DAY,), having=having, order=(Order(measure, descending=True),))


def _plain(above: int) -> Meaning:
    where = (Comparison(HOTTEST, Operator.GT, above),)
    return Meaning(items=(DAY,), source="days", where=where, order=(Order(HOTTEST, descending=True),))


def _shown(*items: ColumnRef) -> Meaning:
    return Meaning(items=items, source="days")


@pytest.mark.parametrize(
    ("question", "parsed", "meant"),
    [
        ("days with a max temperature above 80", _by_day(MAXIMUM, 80), _plain(80)),
        ("days whose highest max temperature is above 80", _by_day(MAXIMUM, 80), _by_day(MAXIMUM, 80)),
        ("the code of each day", _shown(DAY, PARENT), _shown(DAY, CODE)),
        ("the parent code of each day", _shown(DAY, PARENT), _shown(DAY, PARENT)),
        ("the codes of each day", _shown(CODE, PARENT), _shown(CODE, PARENT)),
        ("what is above each day", _shown(DAY, PARENT), _shown(DAY, PARENT)),
    ],
)
def test_a_parse_reads_columns_as_they_are_called(
    question: str, parsed: Meaning, meant: Meaning, days: SchemaIndex
) -> None:
    parses = Parses(nodes(words(question), days, date(2025, 1, 1)), (Parsed(parsed, 0.9),))

    assert [each.query for each in in_their_words(parses, days).found] == [meant]


def test_a_reading_of_the_grammar_does_so_with_aggregates(days: SchemaIndex) -> None:
    reading = Reading(_by_day(MAXIMUM, 80), 0.9, (), ())
    read = in_its_words(Readings((reading,), Cut((), 0.0)), words("days with a max temperature above 80"), days)

    assert [each.meaning for each in read.found] == [_plain(80)]
