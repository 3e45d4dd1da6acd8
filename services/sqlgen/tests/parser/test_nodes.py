"""What a question may point to."""

from datetime import date

import pytest

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.nodes import MOST_VALUES, MOST_WORDS, ValueKind, ValueNode, nodes


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("students older than 19", ValueNode(19, ValueKind.NUMBER, 3, 4)),
        ("students who take Logic", ValueNode("Logic", ValueKind.STORED, 3, 4, ColumnRef("Course", "title"))),
        ('students named "Zoe"', ValueNode("Zoe", ValueKind.QUOTED, 2, 3)),
        ("students named Zoe Smith", ValueNode("Zoe Smith", ValueKind.CAPITALISED, 2, 4)),
        ("the top 3 students", ValueNode(3, ValueKind.NUMBER, 2, 3)),
        ("born in 2004", ValueNode(2004, ValueKind.NUMBER, 2, 3)),
        ("students by sex", ValueNode("F", ValueKind.DOMAIN, column=ColumnRef("Student", "sex"))),
        ("the oldest student", ValueNode(1, ValueKind.ONE)),
    ],
)
def test_a_value_is_found_where_it_is_said(question: str, expected: ValueNode, index: SchemaIndex, today: date) -> None:
    assert expected in nodes(words(question), index, today).values


def test_a_small_schema_is_there_as_a_whole(index: SchemaIndex, today: date) -> None:
    found = nodes(words("anything"), index, today)

    assert found.tables == tuple(index.tables)
    assert found.columns == tuple(ref for table in index.tables for ref in index.columns(table))
    assert [found.at(at) for at in range(len(found.words), len(found))] == [
        *found.tables,
        *found.columns,
        *found.values,
    ]


def test_a_long_question_is_read_in_part(index: SchemaIndex, today: date) -> None:
    found = nodes(words("Ada " * 50_000), index, today)

    assert (len(found.words), len(found.values) <= MOST_VALUES) == (MOST_WORDS, True)
