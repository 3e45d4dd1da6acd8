"""What a query reads, whoever proposed it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import (
    AllColumns,
    Between,
    Comparison,
    Join,
    Like,
    Meaning,
    Measure,
    OneOf,
    Query,
    Scalar,
)

_WHOLE = (Join, Step, ColumnRef)
"""What is not looked into."""


@dataclass(frozen=True, slots=True)
class Uses:
    """Columns that the query shows, compares or sorts by; all its tables, joined ones too; the values it compares with.

    `queries`: how many SELECTs it has; `joins`: how many joins.
    """

    columns: frozenset[ColumnRef]
    tables: frozenset[str]
    values: frozenset[Scalar]
    queries: int
    joins: int


def uses(query: Query) -> Uses:
    """Returns what the query reads."""
    parts = tuple(inner_parts(query))
    columns = frozenset(part for part in parts if isinstance(part, ColumnRef))
    meanings = [part for part in parts if isinstance(part, Meaning)]
    joins = [join for meaning in meanings for join in meaning.joins]
    return Uses(
        columns=columns,
        tables=frozenset(
            [
                *(column.table for column in columns),
                *(meaning.source for meaning in meanings),
                *(join.step.far for join in joins),
                *(part.table for part in parts if isinstance(part, AllColumns | Measure)),
            ]
        ),
        values=frozenset(value for part in parts for value in _values(part)),
        queries=len(meanings),
        joins=len(joins),
    )


def inner_parts(root: object) -> Iterator[object]:
    """Yields all parts inside, outer ones first, but no plain values, nor the keys of joins: those are not chosen."""
    waiting = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting.extend(reversed(part))
            continue
        names = inner_names(part)
        if names is not None:
            yield part
            waiting.extend([getattr(part, name) for name in names])


def inner_names(part: object) -> Sequence[str] | None:
    """Returns the names of the fields that hold parts, last ones first; `None` for a plain value."""
    # `fields` looks at each field anew, and takes longer than all the rest.
    named = getattr(part, "__dataclass_fields__", None)
    if named is None:
        return None
    return () if isinstance(part, _WHOLE) else [*reversed(named)]


def _values(part: object) -> tuple[Scalar, ...]:
    match part:
        case Comparison(value=str() | int() | float() as value):
            return (value,)
        case OneOf(values=values):
            return values
        case Between(low=low, high=high):
            return (low, high)
        case Like(pattern=pattern):
            return (pattern.strip("%"),)
        case Meaning(limit=int() as limit):
            return (limit,)
    return ()
