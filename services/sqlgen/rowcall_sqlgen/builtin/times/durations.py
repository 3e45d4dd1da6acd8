"""Questions about the time between two dates: the rows are asked for, the time is shown, measured or sorted by."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.times.duration_columns import Pair, duration_columns, way
from rowcall_sqlgen.builtin.times.duration_phrases import DurationPhrase, duration_phrase
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.identifiers import snake_case, spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate
from rowcall_sqlgen.engine.meaning import (
    Calculation,
    Duration,
    DurationUnit,
    Item,
    Join,
    Meaning,
    Measure,
    Order,
    SortKey,
)
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word, words

TRUST = 0.9
"""Of the rest's probability. A guess, not fitted: the open data has too few such questions."""
_LOOSE_ENDS = frozenset({",", "and", "with", "the", "its", "their", "&"})
_STORED = frozenset({"duration", "length"})


def durations(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers that tell the time between two dates in place of a number of rows, or sort by it.

    None where the question asks for no such time, or where it does not say between which dates.
    """
    phrase = duration_phrase(["" if word.quoted else word.lower for word in question])
    pair = duration_columns(phrase, index) if phrase and not _is_stored(phrase, index) else None
    if phrase is None or pair is None:
        return ()
    said = question[phrase.start : phrase.end]
    found: list[Trusted] = []
    for trusted in ask(_rest(question, phrase, pair, index=index)):
        query = trusted.proposal.query
        told = _told(query, phrase, pair, index=index) if isinstance(query, Meaning) else None
        if told:
            found.append(_trusted(trusted, told, said, pair, index=index))
        elif not found:
            return ()
    return found


def _is_stored(phrase: DurationPhrase, index: SchemaIndex) -> bool:
    """A column called duration holds the time itself."""
    names = (spelled_words(column.name) for table in index.tables.values() for column in table.columns)
    return not phrase.first and any(_STORED.intersection(name) for name in names)


def _rest(question: tuple[Word, ...], phrase: DurationPhrase, pair: Pair, *, index: SchemaIndex) -> tuple[Word, ...]:
    """Returns the question with the number of rows in place of a measured time, else without it."""
    before, after = question[: phrase.start], question[phrase.end :]
    if phrase.aggregate and not phrase.ranks:
        table = _source(pair, index)
        article = () if before and before[-1].lower == "the" else words("the")
        counted = words("number of " + snake_case(table).replace("_", " "))
        return (*before, *article, *counted, *after)
    while before and before[-1].lower in _LOOSE_ENDS:
        before = before[:-1]
    return (*before, *after)


def _source(pair: Pair, index: SchemaIndex) -> str:
    """Returns the table whose rows have both dates: the one that refers to the other."""
    first, last = (ref.table for ref in pair)
    return first if way(first, last, index) is not None else last


def _told(query: Meaning, phrase: DurationPhrase, pair: Pair, *, index: SchemaIndex) -> Meaning | None:
    joins = _joined(query, pair, index)
    if joins is None:
        return None
    unit = phrase.unit or DurationUnit.DAY
    query = replace(query, joins=joins)
    if phrase.ranks:
        order = Order(Duration(*pair, unit), descending=phrase.aggregate is Aggregate.MAX)
        return None if query.group or query.limit else replace(query, order=(order,), limit=1, distinct=False)
    measures = any(isinstance(item, Measure | Calculation) for item in query.items)
    if phrase.aggregate is None:
        return None if measures or query.group else replace(query, items=(*query.items, Duration(*pair, unit)))
    return _measured(query, Duration(*pair, unit, phrase.aggregate)) if measures else None


def _measured(query: Meaning, time: Duration) -> Meaning | None:
    """Puts the time in place of the number of rows."""
    if query.having or any(isinstance(order.item, Calculation) for order in query.order):
        return None

    def told(item: Item) -> Item:
        return time if _counts(item) else item

    def sorted_by(item: SortKey) -> SortKey:
        return time if _counts(item) else item

    order = tuple(replace(each, item=sorted_by(each.item)) for each in query.order)
    return replace(query, items=tuple(map(told, query.items)), order=order)


def _counts(item: Item) -> bool:
    return isinstance(item, Measure) and item.aggregate is Aggregate.COUNT


def _joined(query: Meaning, pair: Pair, index: SchemaIndex) -> tuple[Join, ...] | None:
    """Returns the joins with those to the tables of the dates that each row refers to; `None` where rows don't."""
    joins = list(query.joins)
    for table in (ref.table for ref in pair):
        reached = [query.source, *(join.step.far for join in joins)]
        if table in reached:
            continue
        path = next((path for near in reached if (path := way(near, table, index)) is not None), None)
        if path is None:
            return None
        joins.extend(Join(step) for step in path if step.far not in reached)
    return tuple(joins)


def _trusted(trusted: Trusted, query: Meaning, said: Sequence[Word], pair: Pair, *, index: SchemaIndex) -> Trusted:
    sql = write_sql(query, index.dialect, index.tables)
    first, last = map(column_name, pair)
    text = " ".join(word.text for word in said)
    return replace(
        trusted,
        proposal=replace(trusted.proposal, sql=sql, query=query, uses=uses(query)),
        probability=trusted.probability * TRUST,
        notes=(*trusted.notes, f"`{text}` was read as the time from {first} to {last}."),
        said=(*trusted.said, *(word.text for word in said)),
    )
