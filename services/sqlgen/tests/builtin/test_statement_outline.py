"""Outlines: equal for statements that ask the same of the data, other for any that do not."""

import pytest

from rowcall_sqlgen.builtin.statement_outline import outline
from rowcall_sqlgen.engine.index import SchemaIndex

STATEMENT = """
    SELECT name, count(*) FROM flights JOIN airlines ON flights.carrier = airlines.carrier
    WHERE origin = 'JFK' AND dep_delay > 15 GROUP BY name ORDER BY count(*) DESC LIMIT 3
"""


@pytest.mark.parametrize(
    "other",
    [
        STATEMENT.upper().replace("'JFK'", "'jfk'"),
        STATEMENT.replace("SELECT name, count(*)", "SELECT count(*) AS n, a.name")
        .replace("FROM flights JOIN airlines ON flights.carrier = airlines.carrier", "FROM airlines AS a, flights AS f")
        .replace("GROUP BY name", "GROUP BY a.name"),
        STATEMENT.replace("origin = 'JFK' AND dep_delay > 15", "flights.dep_delay > 15 AND flights.origin = 'JFK'"),
        STATEMENT.replace("SELECT name", "SELECT DISTINCT name"),
    ],
)
def test_spelling_does_not_count(other: str, demo_index: SchemaIndex) -> None:
    assert outline(other, demo_index) == outline(STATEMENT, demo_index)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'JFK'", "'LGA'"),
        ("origin", "dest"),
        ("SELECT name", "SELECT airlines.carrier"),
        ("count(*) FROM", "sum(distance) FROM"),
        (" > 15", " < 15"),
        (" > 15", " >= 15"),
        ("AND", "OR"),
        ("DESC", "ASC"),
        ("LIMIT 3", ""),
        ("LIMIT 3", "LIMIT 4"),
        ("GROUP BY name", ""),
        ("origin = 'JFK'", "NOT origin = 'JFK'"),
        ("JOIN airlines", "JOIN planes ON planes.tailnum = flights.tailnum JOIN airlines"),
    ],
)
def test_what_is_asked_counts(old: str, new: str, demo_index: SchemaIndex) -> None:
    assert old in STATEMENT
    assert outline(STATEMENT.replace(old, new), demo_index) != outline(STATEMENT, demo_index)


def test_a_column_belongs_to_the_innermost_statement_that_has_it(demo_index: SchemaIndex) -> None:
    inner = "SELECT name FROM airports WHERE faa IN (SELECT origin FROM flights WHERE {})"
    own = outline(inner.format("carrier = 'UA'"), demo_index)

    assert own == outline(inner.format("flights.carrier = 'UA'"), demo_index)
    assert own != outline(inner.format("name = 'UA'"), demo_index)


def test_what_is_no_statement_has_no_outline(demo_index: SchemaIndex) -> None:
    assert outline("SELECT FROM WHERE (", demo_index) is None
