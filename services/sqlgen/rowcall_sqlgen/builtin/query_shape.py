"""What a query is made of, and what in it rarely makes sense: evidence that needs no look at the question."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    AnyOf,
    Between,
    Comparison,
    Compound,
    Duration,
    IsNull,
    Like,
    Meaning,
    Measure,
    Membership,
    Not,
    OneOf,
    Order,
    Query,
    Scalar,
)

_COMPARED = {
    Operator.EQ: "equalities",
    Operator.GT: "comparisons upwards",
    Operator.GE: "comparisons upwards",
    Operator.LT: "comparisons downwards",
    Operator.LE: "comparisons downwards",
}
_UPWARDS, _DOWNWARDS = frozenset({Operator.GT, Operator.GE}), frozenset({Operator.LT, Operator.LE})
_DATE_LENGTH = len("2025-01-31")
_NAMED = (Not, AnyOf, Like, OneOf, Between, IsNull, Membership, AllColumns, Duration)


class _Bound(NamedTuple):
    column: ColumnRef
    operator: Operator
    value: Scalar


def shape(query: Query) -> dict[str, float]:
    """Returns how often each construct occurs, and how many of the oddities."""
    parts = tuple(inner_parts(query))
    counts = Counter(name for part in parts for name in _names(part))
    for part in parts:
        if isinstance(part, Meaning):
            counts.update(_oddities(part))
    first = _first(query)
    counts["items"] = len(first.items)
    counts["items named"] = sum(isinstance(item, ColumnRef) for item in first.items)
    return {f"has {name}": float(count) for name, count in counts.items()}


def is_contradictory(query: Query) -> bool:
    """Says whether some rows would have to hold two texts in one column, or more than 9 and less than 5; or whether
    the different values of a column are counted where it has to hold one.
    """
    meanings = [part for part in inner_parts(query) if isinstance(part, Meaning)]
    fixed = [[*_fixed(meaning)] for meaning in meanings]
    if any(len(set(each)) > len(dict(each)) for each in fixed) or any(map(_is_between_nothing, meanings)):
        return True
    return any(map(_counts_one_value, meanings, map(dict, fixed)))


def _counts_one_value(meaning: Meaning, fixed: Mapping[ColumnRef, str]) -> bool:
    measures = (item for item in meaning.items if isinstance(item, Measure))
    return any(measure.distinct and measure.column in fixed for measure in measures)


def _is_between_nothing(meaning: Meaning) -> bool:
    bounds = [*_bounds(meaning)]
    return any(
        low.column == high.column and _excludes(low, high)
        for low in bounds
        for high in bounds
        if low.operator in _UPWARDS and high.operator in _DOWNWARDS
    )


def _excludes(low: _Bound, high: _Bound) -> bool:
    """Says whether nothing is above the one and below the other. Texts count where they are dates, ISO 8601."""
    one, other = low.value, high.value
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and _is_date(one) and _is_date(other) and one > other
    return one > other or (one == other and (low.operator is Operator.GT or high.operator is Operator.LT))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text[:_DATE_LENGTH])
    except ValueError:
        return False
    return True


def _bounds(meaning: Meaning) -> Iterator[_Bound]:
    for predicate in meaning.where:
        match predicate:
            case Comparison(subject=ColumnRef() as column, operator=operator, value=str() | int() | float() as value):
                yield _Bound(column, operator, value)
            case Between(subject=ColumnRef() as column, low=low, high=high):
                yield _Bound(column, Operator.GE, low)
                yield _Bound(column, Operator.LE, high)


def _first(query: Query) -> Meaning:
    while not isinstance(query, Meaning):
        query = query.left if isinstance(query, Compound) else query.inner
    return query


def _names(part: object) -> Iterator[str]:
    """Yields what the part is called here."""
    match part:
        case Measure(aggregate=aggregate, column=column, distinct=distinct):
            yield aggregate.value.lower()
            yield "rows counted" if column is None else "columns measured"
            yield from ("values counted once",) * distinct
        case Comparison(operator=operator, value=value):
            yield _COMPARED.get(operator, "differences")
            yield from ("texts" if isinstance(value, str) else "other values",) * (operator is Operator.EQ)
        case Order(descending=descending):
            yield "orders down" if descending else "orders up"
        case Compound(operator=operator, left=left, right=right):
            yield operator.value.lower()
            yield from ("equal sides",) * (left == right)
        case Meaning(limit=int() as limit):
            yield "limits" if limit > 1 else "limits to one"
        case _ if isinstance(part, _NAMED):
            yield type(part).__name__


def _oddities(meaning: Meaning) -> Iterator[str]:
    shown = [item for item in meaning.items if isinstance(item, ColumnRef)]
    measured = {item.column for item in meaning.items if isinstance(item, Measure)}
    if meaning.distinct:
        yield "distinct rows"
    if meaning.group:
        yield "groups"
        yield from ("columns shown, not grouped" for column in shown if column not in meaning.group)
        yield from ("columns grouped, not shown" for column in meaning.group if column not in shown)
    yield from ("group conditions" for _ in meaning.having)
    yield from ("conditions" for _ in meaning.where)
    yield from ("columns shown and measured" for column in shown if column in measured)
    yield from ("columns shown twice" for _ in range(len(shown) - len(set(shown))))
    yield from ("columns shown and fixed" for column in set(shown) & set(dict(_fixed(meaning))))
    yield from ("idle tables" for _ in _idle(meaning))


def _fixed(meaning: Meaning) -> Iterator[tuple[ColumnRef, str]]:
    """Yields columns that the conditions leave one text, and the text."""
    for predicate in meaning.where:
        match predicate:
            case Comparison(subject=ColumnRef() as column, operator=Operator.EQ, value=str() as text):
                yield column, text.lower()


def _idle(meaning: Meaning) -> set[str]:
    """The joined tables of which no column is shown, compared or sorted by."""
    used = {part.table for part in inner_parts(meaning) if isinstance(part, ColumnRef | AllColumns)}
    joined = {meaning.source, *(join.step.far for join in meaning.joins)} if meaning.joins else set()
    return joined - used
