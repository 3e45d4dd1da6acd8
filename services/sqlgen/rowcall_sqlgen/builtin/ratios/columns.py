"""Ratios of two columns: a number per row, or what their sums, averages or extremes make per group."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.ratios.forms import Form, Words, trimmed
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnMention, ColumnRef, TableMention
from rowcall_sqlgen.engine.meaning import Calculation, Join, Meaning, Measure
from rowcall_sqlgen.engine.phrases import CONNECTORS, bag

_AGGREGATES = {
    "total": Aggregate.SUM,
    "sum": Aggregate.SUM,
    "average": Aggregate.AVG,
    "mean": Aggregate.AVG,
    "avg": Aggregate.AVG,
    "maximum": Aggregate.MAX,
    "max": Aggregate.MAX,
    "highest": Aggregate.MAX,
    "minimum": Aggregate.MIN,
    "min": Aggregate.MIN,
    "lowest": Aggregate.MIN,
}
_LEAST_QUALITY = 0.55
_LEAST_OVERLAP = 0.4
_CLEARLY_TABLE = 0.9
_SUMS_SUPPOSED = 0.6
"""Trust in sums where the question says neither of what rows nor how many rows make one number."""


@dataclass(frozen=True, slots=True)
class Named:
    """A column that words may name, and what is to be made of its values."""

    column: ColumnRef
    quality: float
    aggregate: Aggregate | None = None


@dataclass(frozen=True, slots=True)
class OfColumns:
    """What is calculated of two columns. `quality`: how well the words name them, 0..1."""

    meaning: Meaning
    quality: float


def of_columns(form: Form, index: SchemaIndex) -> OfColumns | None:
    """Returns the query where both parts are columns of one table, and nothing where they are not."""
    pair = _pair(trimmed(form.first), trimmed(form.second), index)
    if pair is None:
        return None
    first, second = pair
    quality = min(first.quality, second.quality)
    table = first.column.table
    if not form.each:
        meaning = _overall(form, first, second)
        supposed = not (form.average or (first.aggregate and second.aggregate))
        return OfColumns(meaning, quality * (_SUMS_SUPPOSED if supposed else 1.0))
    label = _row_label(form.each, table, index)
    if label:
        calculation = Calculation(form.arithmetic, first.column, second.column)
        return OfColumns(Meaning(items=(*label, calculation), source=table), quality)
    group = group_column(form.each, table, index)
    if group is None:
        return None
    whole = _overall(form, first, second)
    return OfColumns(replace(whole, items=(group[0], *whole.items), joins=group[1], group=(group[0],)), quality)


def group_column(each: Words, table: str, index: SchemaIndex) -> tuple[ColumnRef, tuple[Join, ...]] | None:
    """Returns the column that words name, of the table itself or of the nearest of its parents, and the way there."""
    lemmas = bag(tuple(word.lemma for word in each))
    found: list[tuple[float, int, ColumnRef, tuple[Join, ...]]] = []
    for link in index.phrases.get(lemmas, ()):
        column = (
            _label(link.mention.table, index) if isinstance(link.mention, TableMention) else link.mention.columns[0]
        )
        paths = index.graph.paths(table, link.mention.table) if link.mention.table != table else ((),)
        if column and len(paths) == 1 and all(step.to_parent for step in paths[0]):
            found.append((-link.quality, len(paths[0]), column, tuple(map(Join, paths[0]))))
    best = min(found, key=lambda each: each[:2], default=None)
    return (best[2], best[3]) if best else None


def _pair(first: Words, second: Words, index: SchemaIndex) -> tuple[Named, Named] | None:
    """Returns the two that stand in one table and that the words name best."""
    pairs = [
        (one, other)
        for one in _named(first, index)
        for other in _named(second, index)
        if one.column.table == other.column.table and one.column != other.column
    ]
    found = max(
        pairs, key=lambda pair: (min(each.quality for each in pair), sum(each.quality for each in pair)), default=None
    )
    return found if found and max(each.quality for each in found) >= _LEAST_QUALITY else None


def _named(part: Words, index: SchemaIndex) -> Iterator[Named]:
    aggregate = _AGGREGATES.get(part[0].lower) if part else None
    name = trimmed(part[1:]) if aggregate else part
    lemmas = tuple(word.lemma for word in name)
    tables = [link for link in index.phrases.get(bag(lemmas), ()) if isinstance(link.mention, TableMention)]
    if not lemmas or any(link.quality >= _CLEARLY_TABLE for link in tables):
        return
    direct = {
        link.mention.columns[0]: link.quality
        for link in index.phrases.get(bag(lemmas), ())
        if isinstance(link.mention, ColumnMention) and len(link.mention.columns) == 1
    }
    said = tuple(lemma for lemma in lemmas if lemma not in CONNECTORS)
    for table in index.tables:
        for column in index.columns(table):
            quality = max(direct.get(column, 0.0), _overlap(said, column))
            if quality >= _LEAST_OVERLAP and index.is_quantity(column):
                yield Named(column, quality, aggregate)


def _overlap(said: Sequence[str], column: ColumnRef) -> float:
    """Returns the share of words that the phrase and the column have in common; the table's own do not count."""
    own = set(spelled_words(column.table))
    phrase = [word for word in said if word not in own]
    if "".join(phrase) == column.column.lower().replace("_", ""):
        return 1.0
    words = set(spelled_words(column.column)) - own
    return len(words.intersection(phrase)) / max(len(words.union(phrase)), 1)


def _overall(form: Form, first: Named, second: Named) -> Meaning:
    if form.average:
        item = Calculation(form.arithmetic, first.column, second.column, Aggregate.AVG)
    else:
        item = Calculation(form.arithmetic, _measure(first), _measure(second))
    return Meaning(items=(item,), source=first.column.table)


def _measure(named: Named) -> Measure:
    return Measure(named.aggregate or Aggregate.SUM, named.column.table, named.column)


def _row_label(each: Words, table: str, index: SchemaIndex) -> tuple[ColumnRef, ...]:
    """Returns what to show of a row where there is a result for each row."""
    for link in index.phrases.get(bag(tuple(word.lemma for word in each)), ()):
        if link.mention == TableMention(table) and link.quality >= _CLEARLY_TABLE:
            label = _label(table, index)
            return (label,) if label else ()
        if isinstance(link.mention, TableMention) or link.mention.table != table:
            continue
        if all(map(index.is_unique, link.mention.columns)):
            return link.mention.columns
    return ()


def _label(table: str, index: SchemaIndex) -> ColumnRef | None:
    keys = index.tables[table].primary_key
    names = index.names[table]
    unique = (ref for ref in index.columns(table) if index.is_unique(ref))
    key = ColumnRef(table, keys[0]) if len(keys) == 1 else next(unique, None)
    return names[0] if len(names) == 1 and (key is None or index.is_unique(names[0])) else key
