"""What one stretch of the question contributes to its meaning."""

from dataclasses import dataclass

from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.marks import ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import AllColumns, Measure, Predicate


@dataclass(frozen=True, slots=True)
class Show:
    """A column or measure to return."""

    item: ColumnRef | Measure | AllColumns


@dataclass(frozen=True, slots=True)
class Focus:
    """A table that the question is about, reached in a role such as `to` where one was named."""

    table: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on rows, or on groups when it compares a measure. `apart`: not by the same row as its neighbour."""

    predicate: Predicate
    negated: bool = False
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Dated:
    """A condition on whichever column holds the date."""

    operator: Operator
    period: Period
    until: Period | None = None  # last period of a range
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Absent:
    """Rows that no row of `table` refers to."""

    table: str


@dataclass(frozen=True, slots=True)
class Either:
    """The word `or`: the conditions on both sides are alternatives."""


@dataclass(frozen=True, slots=True)
class Group:
    """One result row for each value of a column, or for each row of a table, reached in a role where one was named.

    `literal`: the bare key was asked for.
    """

    target: ColumnRef | str
    literal: bool = False
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    """The first rows by a column or measure; no count leaves it to a `Cap`, else to one. `owner`: whose rows."""

    item: ColumnRef | Measure
    descending: bool
    count: int | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class SortBy:
    """An order for all rows. Without an item the first thing shown is sorted."""

    item: ColumnRef | Measure | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many rows. `ranked`: the first by something, as `top 5` asks for, and not any."""

    count: int
    ranked: bool = False


@dataclass(frozen=True, slots=True)
class Once:
    """Repeated rows are shown once."""


Clause = Show | Focus | Filter | Dated | Absent | Either | Group | Rank | SortBy | Cap | Once
