"""More examples from those there are: the same asked of other columns and values, and questions without an answer."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rowcall_contracts.catalog import Catalog, Column, ColumnKind
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.reading import readings
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.parser.matching import match
from rowcall_sqlgen.parser.nodes import ValueKind, nodes
from tools.training.examples import Asked
from tools.training.gold import Literal, Symbol
from tools.training.names_in_text import joined, own_words, quoted, span, spoken

_NUMERIC = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.FLOAT})
_SAID = 0.6
"""Quality of a match from which a column counts as named by the question."""
_UNDERSTOOD = 0.8
"""Score of a rule's reading from which a question counts as answerable after all."""

Gold = tuple[Asked, tuple[Symbol, ...]]


def varied(asked: Asked, symbols: Sequence[Symbol], *, index: SchemaIndex, random: np.random.Generator) -> Gold | None:
    """Asks the same of other columns and values, where the question names the old ones word for word."""
    text = list(words(asked.text))
    changed = tuple(symbols)
    for ref in _shuffled(dict.fromkeys(s for s in symbols if isinstance(s, ColumnRef)), random):
        found = span(text, own_words(ref))
        other = _other_column(ref, changed, index=index, random=random)
        if found is None or other is None or _compared_with_text(ref, changed):
            continue
        plural = text[found[1] - 1].lower != text[found[1] - 1].lemma
        text[found[0] : found[1]] = words(spoken(own_words(other), plural=plural))
        changed = tuple(other if symbol == ref else symbol for symbol in changed)
    for value, column in _values(changed):
        found = span(text, tuple(word.lower for word in words(value)))
        said = {symbol.value for symbol in changed if isinstance(symbol, Literal)}
        others = [v for v in index.column(column).profile.values if isinstance(v, str) and v not in said and words(v)]
        if found is None or not others:
            continue
        new = others[int(random.integers(len(others)))]
        text[found[0] : found[1]] = [quoted(new)] if text[found[0]].quoted else words(new)
        changed = tuple(Literal(new) if symbol == Literal(value) else symbol for symbol in changed)
    return (asked._replace(text=joined(text)), changed) if changed != tuple(symbols) else None


def bereft(
    asked: Asked, symbols: Sequence[Symbol], *, catalog: Catalog, random: np.random.Generator
) -> SchemaIndex | None:
    """Returns the index of the database without a column that the question asks about, if that leaves no answer."""
    index = build_index(catalog)
    question = words(asked.text)
    matches = match(question, index)
    values = nodes(question, index, catalog.profiled_at.date()).values
    holders = {value.column for value in values if value.kind is ValueKind.STORED}
    refs = dict.fromkeys(symbol for symbol in symbols if isinstance(symbol, ColumnRef) and not index.is_key(symbol))
    asked_about = [ref for ref in refs if matches.column_quality(ref) >= _SAID or ref in holders]
    for ref in _shuffled(asked_about, random)[:1]:
        less = build_index(_without(catalog, ref))
        return None if _is_understood(question, less, catalog) else less
    return None


def is_foreign(asked: Asked, index: SchemaIndex, catalog: Catalog) -> bool:
    """Says whether a question about one database has no answer in another."""
    return not _is_understood(words(asked.text), index, catalog)


def _is_understood(question: Sequence[Word], index: SchemaIndex, catalog: Catalog) -> bool:
    found = readings(question, index, catalog.profiled_at.date()).found
    return bool(found) and found[0].score >= _UNDERSTOOD


def _without(catalog: Catalog, ref: ColumnRef) -> Catalog:
    """Drops the column wherever it is called the same."""
    spelled = spelled_words(ref.column)
    tables = []
    for table in catalog.tables:
        kept = tuple(column for column in table.columns if spelled_words(column.name) != spelled)
        if kept:
            tables.append(table.model_copy(update={"columns": kept}))
    return catalog.model_copy(update={"tables": tuple(tables)})


def _shuffled(refs: Mapping[ColumnRef, None] | Sequence[ColumnRef], random: np.random.Generator) -> list[ColumnRef]:
    found = list(refs)
    return [found[at] for at in random.permutation(len(found))]


def _other_column(
    ref: ColumnRef, symbols: Sequence[Symbol], *, index: SchemaIndex, random: np.random.Generator
) -> ColumnRef | None:
    old = index.column(ref)
    fitting = [
        other
        for other in index.columns(ref.table)
        if other not in symbols and not index.is_key(other) and _alike(old, index.column(other))
    ]
    return fitting[int(random.integers(len(fitting)))] if fitting and not index.is_key(ref) else None


def _alike(one: Column, other: Column) -> bool:
    return one.kind is other.kind or {one.kind, other.kind} <= _NUMERIC


def _compared_with_text(ref: ColumnRef, symbols: Sequence[Symbol]) -> bool:
    return any(column == ref for _, column in _values(symbols))


def _values(symbols: Sequence[Symbol]) -> Iterator[tuple[str, ColumnRef]]:
    column: ColumnRef | None = None
    for symbol in symbols:
        if isinstance(symbol, ColumnRef):
            column = symbol
        elif isinstance(symbol, Literal) and isinstance(symbol.value, str) and column is not None:
            yield symbol.value, column
