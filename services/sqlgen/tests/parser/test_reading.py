"""Reading actions back: a query that says the same twice is none."""

import pytest

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.parser.actions import Action, Keyword, Pointer
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.matching import match
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind, ValueNode
from rowcall_sqlgen.parser.reading import Unreadable, read_query

NAMES = {
    "name": ColumnRef("Student", "stu_lname"),
    "age": ColumnRef("Student", "age"),
    "pet": ColumnRef("Pets", "kind"),
}
VALUES = {"20": ValueNode(20, ValueKind.NUMBER), "30": ValueNode(30, ValueKind.NUMBER)}

TWICE = {
    "items": "SELECT PLAIN name PLAIN age PLAIN name",
    "measures": "SELECT MAX age MAX age",
    "conditions": "SELECT PLAIN name WHERE PLAIN age = 20 AND PLAIN age = 20",
    "conditions apart": "SELECT PLAIN name WHERE PLAIN age = 20 AND PLAIN name NULL AND PLAIN age = 20",
    "group": "SELECT COUNT age GROUP age age",
    "having": "SELECT PLAIN name GROUP name HAVING COUNT age > 20 AND COUNT age > 20",
    "order": "SELECT PLAIN name ORDER PLAIN age PLAIN age DESC",
    "inner query": "SELECT PLAIN name WHERE PLAIN age IN ( SELECT PLAIN age PLAIN age )",
    "second query": "SELECT PLAIN name UNION SELECT PLAIN name PLAIN name",
}
ONCE = {
    "a column and its measure": "SELECT PLAIN age MAX age GROUP age",
    "two measures of a column": "SELECT MAX age MIN age",
    "two conditions on a column": "SELECT PLAIN name WHERE PLAIN age > 20 AND PLAIN age < 30",
    "the same in several parts": "SELECT PLAIN age WHERE PLAIN age > 20 GROUP age ORDER PLAIN age ASC",
    "columns of two tables": "SELECT PLAIN name PLAIN pet",
    "the same in two queries": "SELECT PLAIN name UNION SELECT PLAIN name",
    "the same within and without": "SELECT PLAIN age WHERE PLAIN age IN ( SELECT PLAIN age )",
}


def read(text: str, index: SchemaIndex) -> object:
    """Reads actions that are written as keywords and the names above."""
    nodes = Nodes((), ("Student", "Pets"), tuple(NAMES.values()), tuple(VALUES.values()), match((), index))
    positions = {word: at for at, word in enumerate((*NAMES, *VALUES), nodes.first_column)}
    actions: list[Action] = [Pointer(positions[word]) if word in positions else Keyword(word) for word in text.split()]
    return read_query([*actions, Keyword.END], nodes, JoinTrees(index.tables, index.graph))


@pytest.mark.parametrize("actions", TWICE.values(), ids=TWICE)
def test_a_query_that_says_the_same_twice_is_unreadable(actions: str, index: SchemaIndex) -> None:
    with pytest.raises(Unreadable, match="said twice"):
        read(actions, index)


@pytest.mark.parametrize("actions", ONCE.values(), ids=ONCE)
def test_what_is_alike_but_not_the_same_may_be_said(actions: str, index: SchemaIndex) -> None:
    assert read(actions, index)
