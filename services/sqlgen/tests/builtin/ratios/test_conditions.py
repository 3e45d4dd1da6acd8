"""Conditions in a word or two, on a small catalog."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_sqlgen.builtin.ratios.conditions import plain, with_rows
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import Comparison
from rowcall_sqlgen.engine.words import words

_ONE_OR_ZERO = ColumnProfile(minimum=0, maximum=1, distinct_count=2)


@pytest.fixture
def index() -> SchemaIndex:
    shops = Table(
        name="shops",
        columns=(
            Column(name="is_open", kind=ColumnKind.INTEGER, type="INTEGER", profile=_ONE_OR_ZERO),
            Column(name="verified", kind=ColumnKind.TEXT, type="TEXT", profile=ColumnProfile(values=("Y", "N"))),
            Column(name="seats", kind=ColumnKind.INTEGER, type="INTEGER"),
            Column(name="rating", kind=ColumnKind.FLOAT, type="REAL"),
            Column(name="kind", kind=ColumnKind.TEXT, type="TEXT", profile=ColumnProfile(values=("bakery", "butcher"))),
        ),
    )
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return build_index(Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(shops,), profiled_at=now))


@pytest.mark.parametrize(
    ("part", "rest", "column", "operator", "value"),
    [
        ("open shops", "shops", "is_open", Operator.EQ, 1),
        ("closed shops in Rome", "shops in Rome", "is_open", Operator.EQ, 0),
        ("verified shops", "shops", "verified", Operator.EQ, "Y"),
        ("unverified shops", "shops", "verified", Operator.EQ, "N"),
        ("shops with seats", "shops", "seats", Operator.GT, 0),
        ("shops without seats", "shops", "seats", Operator.EQ, 0),
    ],
)
def test_a_condition_is_taken_out(
    index: SchemaIndex, part: str, rest: str, column: str, operator: Operator, value: str | int
) -> None:
    found = plain(words(part), index)

    assert " ".join(word.text for word in found.words) == rest
    assert found.conditions == (Comparison(ColumnRef("shops", column), operator, value),)


@pytest.mark.parametrize("part", ["shops", "cheap shops", "shops with 5 seats", "shops with a rating above 4"])
def test_other_parts_stay_as_they_are(index: SchemaIndex, part: str) -> None:
    found = plain(words(part), index)

    assert (found.words, found.conditions) == (words(part), ())


def test_a_definition_replaces_the_word_that_it_defines(index: SchemaIndex) -> None:
    found = plain(words("good shops (rating > 4)"), index)

    assert [word.text for word in found.words] == ["shops", "with", "rating", ">", "4"]


def test_a_value_in_the_plural_stands_for_its_rows(index: SchemaIndex) -> None:
    found = plain(words("bakeries"), index)

    assert [word.text for word in with_rows(found.words, index)] == ["bakery", "shop"]
    assert with_rows(words("open shops"), index) == words("open shops")
