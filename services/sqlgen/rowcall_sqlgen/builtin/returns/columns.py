"""The columns that an element of a list names, of the rows that a query is about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.builtin.returns.reach import joined_to, parents_of, subject, tables_read
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import synonymous
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef
from rowcall_sqlgen.engine.meaning import Item, Meaning
from rowcall_sqlgen.engine.phrases import CONNECTORS, bag
from rowcall_sqlgen.engine.words import Word

_KEY = frozenset({"id", "identifier", "key"})
_LEAST_QUALITY = 0.5
_LEAST_QUALITY_AFAR = 0.7
_SYNONYM = 0.8
_ROUNDABOUT = 0.95
"""Of a quality, where the words name a reference to the row whose key is shown."""
_SHOWN, _ABOUT, _READ, _ABOUT_AFAR, _REFERRED = 1.0, 1.0, 0.9, 0.85, 0.8
"""How likely a column is meant: one that the query shows or groups by, others of its subject, of other tables read;
then of tables that are not read, the subject among them."""


@dataclass(frozen=True, slots=True)
class Named:
    """What to show, of a query that reads what that needs. `note`: a sentence on a liberty taken.

    `likely`: how likely it is meant, 0..1, where the words do name it.
    """

    items: tuple[Item, ...]
    query: Meaning
    note: str = ""
    likely: float = 1.0


def named_columns(
    phrase: Sequence[Word], query: Meaning, index: SchemaIndex, *, least: float = _LEAST_QUALITY
) -> Named | None:
    """Returns the columns of the subject, of other tables read, or of a table one step to a parent.

    `least`: how well the words must name them, 0..1.
    """
    lemmas = tuple(word.lemma for word in phrase if word.lemma not in CONNECTORS)
    best = max(_ranked(lemmas, query, index, least=least), key=lambda each: each[0] * each[1], default=None)
    reaching = joined_to(query, best[2][0].table, index) if best else None
    return Named(best[2], reaching, likely=best[1]) if best and reaching else None


Columns = tuple[ColumnRef, ...]


def _ranked(
    lemmas: tuple[str, ...], query: Meaning, index: SchemaIndex, *, least: float
) -> Iterator[tuple[float, float, Columns]]:
    """Yields columns with how well they are named, and how likely columns of that place are meant."""
    read, parents, about = tables_read(query), parents_of(query, index), subject(query, index)
    for quality, columns in (*_keys(lemmas, about, index), *_linked(lemmas, index)):
        table = columns[0].table
        least_here = max(least, 0.0 if table == about else _LEAST_QUALITY_AFAR)
        if quality >= least_here and table in (*read, *parents):
            yield quality, _likely(columns[0], query, is_read=table in read, is_about=table == about), columns


def _likely(column: ColumnRef, query: Meaning, *, is_read: bool, is_about: bool) -> float:
    if column in (*query.group, *query.items):
        return _SHOWN
    if is_read:
        return _ABOUT if is_about else _READ
    return _ABOUT_AFAR if is_about else _REFERRED


def _keys(lemmas: tuple[str, ...], about: str, index: SchemaIndex) -> Iterator[tuple[float, Columns]]:
    """`ID` is the key of the subject, `user ID` that of users, however they are called."""
    if not lemmas or lemmas[-1] not in _KEY:
        return
    for name, table in index.tables.items():
        own = spelled_words(name)
        said = lemmas[:-1]
        if len(table.primary_key) == 1 and (said in (own, own[-1:]) or (not said and name == about)):
            yield 1.0, (ColumnRef(name, table.primary_key[0]),)


def _linked(lemmas: tuple[str, ...], index: SchemaIndex) -> Iterator[tuple[float, Columns]]:
    spellings = ((bag(lemmas), 1.0), *((spelling, _SYNONYM) for spelling in synonymous(lemmas)))
    for spelling, factor in spellings:
        for link in index.phrases.get(spelling, ()):
            if isinstance(link.mention, ColumnMention):
                yield link.quality * factor, link.mention.columns
                yield from _referred(link.quality * factor, link.mention.columns, index)


def _referred(quality: float, columns: Columns, index: SchemaIndex) -> Iterator[tuple[float, Columns]]:
    parent = index.graph.parent_of(columns[0]) if len(columns) == 1 else None
    if parent:
        yield quality * _ROUNDABOUT, (parent,)
