"""Words for what several columns tell together: a day is its year, month and day, a route its two ends."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from rowcall_contracts.catalog import ColumnKind, Table
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef
from rowcall_sqlgen.engine.phrases import Bag, bag
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS

_DATE_PARTS = ("year", "month", "day")
CALENDAR_WORDS = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute"})
_NUMBERS = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.FLOAT})
_ROUTES = ("route", "connection", "pair")

Ends = tuple[str, str]


def date_mentions(table: Table) -> Iterator[tuple[Bag, ColumnMention]]:
    """Yields `day` for all of the columns for year, month and day, and `day of the month` for the last one alone."""
    parts = calendar_parts(table)
    if any(part not in parts for part in _DATE_PARTS):
        return
    columns = tuple(ColumnRef(table.name, parts[part]) for part in _DATE_PARTS)
    for phrase in (("day",), ("date",), ("calendar", "day")):
        yield bag(phrase), ColumnMention(columns)
    yield bag(("day", "month")), ColumnMention(columns[-1:])


def calendar_parts(table: Table) -> Mapping[str, str]:
    """Returns the columns of whole numbers that are called year, month and so on, and nothing else."""
    numbers = (column.name for column in table.columns if column.kind in _NUMBERS)
    named = ((spelled_words(name), name) for name in numbers)
    return {words[0]: name for words, name in named if len(words) == 1 and words[0] in CALENDAR_WORDS}


def route_mentions(table: Table) -> Iterator[tuple[Bag, ColumnMention]]:
    """Yields `route` for the two keys that lead from and to the same table: `airport pair` names that one too."""
    for far, ends in _ends(table).items():
        columns = tuple(ColumnRef(table.name, end) for end in ends)
        for word in _ROUTES:
            yield bag((word,)), ColumnMention(columns)
            yield bag((spelled_words(far)[-1], word)), ColumnMention(columns)


def _ends(table: Table) -> dict[str, Ends]:
    keys: dict[str, list[str]] = defaultdict(list)
    for key in table.foreign_keys:
        if len(key.columns) == 1:
            keys[key.referred_table].append(key.columns[0])
    found = {}
    for far, columns in keys.items():
        ends = [next((name for name in columns if _is_end(name, role)), None) for role in ("from", "to")]
        if len(columns) == len(ends) and ends[0] and ends[1] and ends[0] != ends[1]:
            found[far] = (ends[0], ends[1])
    return found


def _is_end(column: str, role: str) -> bool:
    return not ROLE_WORDS[role][0].isdisjoint(spelled_words(column))
