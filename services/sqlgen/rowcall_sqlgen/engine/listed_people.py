"""Tables that say only that they list something: what their rows are is told by their columns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.naming import name_columns
from rowcall_sqlgen.engine.phrases import Bag, bag

_LISTS = frozenset((name,) for name in "list roster register roll directory record data info master entry".split())
_PEOPLE = {
    "student": frozenset("grade class classroom gpa major semester".split()),
    "employee": frozenset("salary wage hire hired job department position".split()),
    "patient": frozenset("diagnosis illness disease ward allergy admission".split()),
    "player": frozenset("team club jersey".split()),
}
"""Words for people, and what is recorded of them alone."""

QUALITY = 0.9


def people_in(table: Table) -> tuple[str, ...]:
    """Returns `student` for a table `list` of first names, last names and grades; nothing for most tables."""
    if spelled_words(table.name)[-1:] not in _LISTS or len(name_columns(table)) < 2:
        return ()
    recorded = {word for column in table.columns for word in spelled_words(column.name)}
    return tuple(noun for noun, words in _PEOPLE.items() if not words.isdisjoint(recorded))


def listed_people(tables: Iterable[Table]) -> Iterator[tuple[Bag, TableMention]]:
    """Yields those words, each where just one table holds such people."""
    holders: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        for noun in people_in(table):
            holders[noun].append(table.name)
    for noun, names in holders.items():
        if len(names) == 1:
            yield bag((noun,)), TableMention(names[0])
