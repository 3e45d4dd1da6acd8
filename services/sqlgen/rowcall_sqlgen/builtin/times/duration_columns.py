"""The two dates that a time runs between."""

from collections.abc import Iterable, Iterator
from itertools import product

from rowcall_sqlgen.builtin.times.duration_phrases import DurationPhrase
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Path
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.word_stems import is_said, stems

_GENERIC = frozenset({"date", "time", "day", "at", "on", "timestamp", "datetime", "the"})
_ENDS = tuple(
    tuple(pair.split())
    for pair in (
        "start end, begin end, started ended, start finish, opened closed, departure arrival, hire termination, "
        "entry exit, login logout, from to"
    ).split(", ")
)

Pair = tuple[ColumnRef, ColumnRef]


def duration_columns(phrase: DurationPhrase, index: SchemaIndex) -> Pair | None:
    """Returns the dates that the phrase means, of one table or of tables that keys connect; `None` if unclear."""
    pairs = _named_pairs(phrase, index) if phrase.first else _pairs_of(stems(phrase.noun), index)
    rated = sorted(pairs, key=lambda pair: -pair[0])
    clear = rated and (len(rated) == 1 or rated[0][0] > rated[1][0])
    return rated[0][1] if clear else None


def way(first: str, last: str, index: SchemaIndex) -> Path | None:
    """Returns the keys from a table to one that it refers to, `None` where none or several lead there."""
    if first == last:
        return ()
    paths = index.graph.paths(first, last)
    return paths[0] if len(paths) == 1 and all(step.to_parent for step in paths[0]) else None


def _named_pairs(phrase: DurationPhrase, index: SchemaIndex) -> Iterator[tuple[float, Pair]]:
    firsts, lasts = (tuple(_named(said, index)) for said in (phrase.first, phrase.last))
    for (one, first), (other, last) in product(firsts, lasts):
        connected = way(first.table, last.table, index) or way(last.table, first.table, index)
        if first != last and (first.table == last.table or connected):
            yield one + other + (first.table == last.table) / 2, (first, last)


def _named(said: Iterable[str], index: SchemaIndex) -> Iterator[tuple[float, ColumnRef]]:
    """Yields date columns whose own names are said, rated by the share of their words, and of the table's."""
    meant = stems(word for word in said if word not in _GENERIC)
    for ref in _dates(index):
        own = set(spelled_words(ref.column)) - _GENERIC
        hits = sum(is_said(word, meant) for word in own)
        if hits:
            table = spelled_words(ref.table)
            yield 2 * hits / len(own) + sum(is_said(word, meant) for word in table) / len(table), ref


def _pairs_of(noun: frozenset[str], index: SchemaIndex) -> Iterator[tuple[float, Pair]]:
    """Yields the start and the end of what a noun names, by the table's name or by their own."""
    for first, last in product(_dates(index), repeat=2):
        begin, end = spelled_words(first.column), spelled_words(last.column)
        rest = set(begin) & set(end)
        if first.table == last.table and (set(begin) - rest, set(end) - rest) in [({a}, {b}) for a, b in _ENDS]:
            named = sum(is_said(word, noun) for word in {*rest, *spelled_words(first.table)} - _GENERIC)
            if named:
                yield float(named), (first, last)


def _dates(index: SchemaIndex) -> list[ColumnRef]:
    return [ref for table in index.tables for ref in index.columns(table) if index.is_date(ref)]
