"""Tables that say only that they list something: what their rows are is told by their columns."""

from collections.abc import Iterable, Iterator, Mapping

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnRef, TableMention
from rowcall_sqlgen.engine.phrases import Bag, bag

_LISTS = frozenset("list roster register roll directory record data info master entry".split())
_PEOPLE = {
    "student": frozenset("grade class classroom gpa major semester".split()),
    "employee": frozenset("salary wage hire hired job department position".split()),
    "patient": frozenset("diagnosis illness disease ward allergy admission".split()),
    "player": frozenset("team club jersey".split()),
}
"""Words for people, and what is recorded of them alone."""

QUALITY = 0.9


def listed_people(
    tables: Iterable[Table], names: Mapping[str, tuple[ColumnRef, ...]]
) -> Iterator[tuple[Bag, TableMention]]:
    """Yields `student` for a table `list` of first names, last names and grades, if it is the only such table."""
    columns = {
        table.name: {word for column in table.columns for word in spelled_words(column.name)}
        for table in tables
        if len(names[table.name]) > 1 and spelled_words(table.name)[-1] in _LISTS
    }
    for noun, recorded in _PEOPLE.items():
        holders = [name for name, words in columns.items() if words & recorded]
        if len(holders) == 1:
            yield bag((noun,)), TableMention(holders[0])
