"""Questions asked of other databases: the same sentence and query, with tables, columns and values of another schema.

After the pattern-based augmentation of DBPal (Weir et al. 2020) and GraPPa (Yu et al. 2021), with real questions as
patterns: a question is carried over only if it names word by word what its query reads.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from rowcall_contracts.catalog import ColumnKind
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.words import Word, words
from tools.training.augmentation import Gold
from tools.training.examples import Asked
from tools.training.gold import Literal, Symbol, TableName
from tools.training.names_in_text import joined, own_words, quoted, span, spoken

LEAST_COLUMNS = 3
_NUMBERS = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.FLOAT})
_T = TypeVar("_T")
_DATES = frozenset({ColumnKind.DATE, ColumnKind.TIMESTAMP})


@dataclass(frozen=True, slots=True)
class Target:
    """Another database: its index, its tables that can be asked about, and the pairs of child and parent among them."""

    database: str
    index: SchemaIndex
    tables: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]


def target(database: str, index: SchemaIndex) -> Target:
    """Returns what can be asked of a database."""
    tables = tuple(name for name in index.tables if len(index.columns(name)) >= LEAST_COLUMNS)
    pairs = tuple((child, step.far) for child in index.tables for step in index.graph.parents(child))
    return Target(database, index, tables, pairs)


def transferred(
    asked: Asked, symbols: Sequence[Symbol], *, index: SchemaIndex, to: Target, random: np.random.Generator
) -> Gold | None:
    """Asks the same of another database; `None` where the question or that database does not allow it."""
    tables = _tables(symbols, index, to, random)
    if tables is None:
        return None
    transfer = _Transfer(index, to, tables, random, list(words(asked.text)))
    try:
        moved = tuple(transfer.symbols(symbols))
    except _Untransferable:
        return None
    return asked._replace(database=to.database, text=joined(transfer.text)), moved


def _tables(
    symbols: Sequence[Symbol], index: SchemaIndex, to: Target, random: np.random.Generator
) -> dict[str, str] | None:
    read = list(dict.fromkeys(symbol.table for symbol in symbols if isinstance(symbol, TableName | ColumnRef)))
    if len(read) == 1 and to.tables:
        return {read[0]: _drawn(to.tables, random)}
    if len(read) != 2 or not to.pairs:
        return None
    for child, parent in (read, read[::-1]):
        if any(step.far == parent for step in index.graph.parents(child)):
            return dict(zip((child, parent), _drawn(to.pairs, random), strict=True))
    return None


def _drawn(choices: Sequence[_T], random: np.random.Generator) -> _T:
    return choices[int(random.integers(len(choices)))]


class _Untransferable(Exception):
    """The question does not name something, or the other database has nothing like it."""


@dataclass(slots=True)
class _Transfer:
    """Replaces one name after the other, in the query and in the text."""

    index: SchemaIndex
    to: Target
    tables: dict[str, str]
    random: np.random.Generator
    text: list[Word]
    columns: dict[ColumnRef, ColumnRef] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    def symbols(self, symbols: Sequence[Symbol]) -> Iterator[Symbol]:
        for ref in dict.fromkeys(symbol for symbol in symbols if isinstance(symbol, ColumnRef)):
            self.columns[ref] = self._column(ref)
        for table, other in self.tables.items():
            if not self._say(spelled_words(table), spelled_words(other)):
                raise _Untransferable
        column: ColumnRef | None = None
        for symbol in symbols:
            match symbol:
                case TableName(table):
                    yield TableName(self.tables[table])
                case ColumnRef():
                    column = self.columns[symbol]
                    yield column
                case Literal(str() as value) if column is not None:
                    yield Literal(self._value(value, column))
                case _:
                    yield symbol

    def _column(self, ref: ColumnRef) -> ColumnRef:
        fitting = [other for other in self._fitting(ref) if other not in self.columns.values()]
        if not fitting:
            raise _Untransferable
        other = _drawn(fitting, self.random)
        if not self._say(own_words(ref), own_words(other)) and not self._may_be_silent(ref):
            raise _Untransferable
        return other

    def _may_be_silent(self, ref: ColumnRef) -> bool:
        """Names of rows and keys need not be said, if nothing like them is."""
        said = {word.lemma for word in self.text}
        return (self.index.is_key(ref) or ref in self.index.names[ref.table]) and said.isdisjoint(own_words(ref))

    def _fitting(self, ref: ColumnRef) -> Iterable[ColumnRef]:
        index, table = self.to.index, self.tables[ref.table]
        parent = self.index.graph.parent_of(ref)
        if ref.column in self.index.tables[ref.table].primary_key:
            key = index.tables[table].primary_key
            return [ColumnRef(table, key[0])] if len(key) == 1 else []
        if parent is not None:
            referred = self.tables.get(parent.table)
            return [c for c in index.columns(table) if (p := index.graph.parent_of(c)) and p.table == referred]
        if ref in self.index.names[ref.table]:
            return index.names[table][:1] if len(self.index.names[ref.table]) == 1 == len(index.names[table]) else []
        kind = _group(self.index.column(ref).kind)
        return [c for c in index.columns(table) if _group(index.column(c).kind) == kind and not index.is_key(c)]

    def _value(self, value: str, column: ColumnRef) -> str:
        if value not in self.values:
            said = tuple(word.lower for word in words(value))
            place = span(self.text, said)
            stored = [v for v in self.to.index.column(column).profile.values if isinstance(v, str) and words(v)]
            if place is None or not stored:
                raise _Untransferable
            other = _drawn(stored, self.random)
            self.text[place[0] : place[1]] = [quoted(other)] if self.text[place[0]].quoted else words(other)
            self.values[value] = other
        return self.values[value]

    def _say(self, old: tuple[str, ...], new: tuple[str, ...]) -> bool:
        place = span(self.text, old)
        if place is None:
            return False
        plural = self.text[place[1] - 1].lower != self.text[place[1] - 1].lemma
        self.text[place[0] : place[1]] = words(spoken(new, plural=plural))
        return True


def _group(kind: ColumnKind) -> str:
    if kind in _NUMBERS:
        return "number"
    return "date" if kind in _DATES else kind.value
