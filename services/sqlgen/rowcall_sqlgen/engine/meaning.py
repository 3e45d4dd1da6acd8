"""The meaning form: what a question asks for, before any dialect."""

from dataclasses import dataclass
from enum import StrEnum

from rowcall_sqlgen.engine.calendar_units import CalendarUnit, WeekdayPart
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator

Scalar = str | int | float


class DurationUnit(StrEnum):
    """Units in which a time is told."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


class SetOperator(StrEnum):
    """Operators between whole queries; values are their SQL names."""

    UNION = "UNION"
    INTERSECT = "INTERSECT"
    EXCEPT = "EXCEPT"


class Arithmetic(StrEnum):
    """What is made of two numbers; a ratio and a percentage by nothing, zero included, are no number at all."""

    RATIO = "ratio"
    PERCENTAGE = "percentage"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate. Without a column it counts rows of `table`. `where`: only rows for which all of this holds."""

    aggregate: Aggregate
    table: str
    column: ColumnRef | None = None
    distinct: bool = False
    where: tuple["Predicate", ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """Two numbers of one row or group, made into one. A query among them gives one number, the same for all groups.

    `aggregate`: over the results of all rows of a group, which are then calculated of columns.
    """

    arithmetic: Arithmetic
    left: "ColumnRef | Measure | Meaning"
    right: "ColumnRef | Measure | Meaning"
    aggregate: Aggregate | None = None

    @property
    def table(self) -> str:
        """The table of the first number."""
        return self.left.source if isinstance(self.left, Meaning) else self.left.table


@dataclass(frozen=True, slots=True)
class AllColumns:
    """Every column of a table."""

    table: str


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """The part of a date that its group is named by: month 2023-04, week and quarter by their first day."""

    column: ColumnRef
    unit: CalendarUnit | WeekdayPart

    @property
    def table(self) -> str:
        """The column's table."""
        return self.column.table


@dataclass(frozen=True, slots=True)
class Duration:
    """Time from one date to another in a unit, over many rows where there is an aggregate."""

    first: ColumnRef
    last: ColumnRef
    unit: DurationUnit
    aggregate: Aggregate | None = None

    @property
    def table(self) -> str:
        """The table of the first date."""
        return self.first.table


@dataclass(frozen=True, slots=True)
class InSequence:
    """A column's texts by their place in a sequence that is not the alphabet's, as months have it."""

    column: ColumnRef
    sequence: tuple[str, ...]

    @property
    def table(self) -> str:
        """The column's table."""
        return self.column.table


class Course(StrEnum):
    """What is told of a number from one group to the next."""

    RUNNING_TOTAL = "running_total"
    CHANGE = "change"
    GROWTH = "change_percentage"


@dataclass(frozen=True, slots=True)
class Running:
    """A measure's course over groups in the order of `along`; each value of the other groups has its own, `within`."""

    course: Course
    measure: Measure
    along: tuple["ColumnRef | CalendarPart | InSequence", ...]
    within: tuple["ColumnRef | CalendarPart", ...] = ()

    @property
    def table(self) -> str:
        """The measure's table."""
        return self.measure.table


SortKey = ColumnRef | Measure | Calculation | CalendarPart | Duration | InSequence | Running
Item = SortKey | AllColumns


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column or measure against a literal, a measure over the whole table, a column, or the result of a query."""

    subject: ColumnRef | Measure
    operator: Operator
    value: "Scalar | Measure | ColumnRef | Query"


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column holds one of several values."""

    column: ColumnRef
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Both ends included."""

    subject: ColumnRef | Measure
    low: Scalar
    high: Scalar


@dataclass(frozen=True, slots=True)
class Like:
    """Text that starts with, ends with or contains a part; `pattern` is already escaped and has its wildcards."""

    column: ColumnRef
    pattern: str


@dataclass(frozen=True, slots=True)
class IsNull:
    """Nothing is stored."""

    column: ColumnRef


@dataclass(frozen=True, slots=True)
class OnWeekdays:
    """A date falls on one of these days of the week, Monday is 1 (ISO 8601)."""

    column: ColumnRef
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    predicate: "Predicate"


@dataclass(frozen=True, slots=True)
class AllOf:
    """All hold."""

    predicates: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one holds."""

    predicates: tuple["Predicate", ...]


@dataclass(frozen=True, slots=True)
class Membership:
    """The column occurs among the single column that `inner` selects."""

    column: ColumnRef
    inner: "Query"


Predicate = Comparison | OneOf | Between | Like | IsNull | OnWeekdays | Not | AllOf | AnyOf | Membership


@dataclass(frozen=True, slots=True)
class Join:
    """A step of the FROM clause; `optional` keeps rows without a partner."""

    step: Step
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One key of ORDER BY."""

    item: SortKey
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A query. `limit` is set only when the question asks for a number of rows; `offset`: first rows left out."""

    items: tuple[Item, ...]
    source: str
    joins: tuple[Join, ...] = ()
    where: tuple[Predicate, ...] = ()
    group: tuple[ColumnRef | CalendarPart, ...] = ()
    having: tuple[Predicate, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int | None = None
    distinct: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Compound:
    """Two queries of as many columns, combined without repeated rows."""

    operator: SetOperator
    left: "Query"
    right: "Query"


@dataclass(frozen=True, slots=True)
class OverGroups:
    """One number over the groups of `inner`: the aggregate of the one measure that it shows, or how many there are."""

    aggregate: Aggregate
    inner: Meaning


Query = Meaning | Compound | OverGroups


def columns_of(predicate: Predicate) -> tuple[ColumnRef, ...]:
    """Returns the columns that a predicate reads directly, measures and inner queries apart."""
    match predicate:
        case Comparison(subject=ColumnRef() as column) | Between(subject=ColumnRef() as column):
            return (column,)
        case (
            OneOf(column=column)
            | Like(column=column)
            | IsNull(column=column)
            | OnWeekdays(column=column)
            | Membership(column=column)
        ):
            return (column,)
        case Not(predicate=inner):
            return columns_of(inner)
        case AllOf(predicates=parts) | AnyOf(predicates=parts):
            return tuple(column for part in parts for column in columns_of(part))
        case _:
            return ()


def tables_of(predicate: Predicate) -> frozenset[str]:
    """Returns the tables of those columns."""
    return frozenset(column.table for column in columns_of(predicate))


def measure_of(predicate: Predicate) -> Measure | None:
    """Returns the measure that a condition on groups compares."""
    match predicate:
        case Comparison(subject=Measure() as measure) | Between(subject=Measure() as measure):
            return measure
        case Not(predicate=inner):
            return measure_of(inner)
        case _:
            return None
