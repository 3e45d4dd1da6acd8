"""What a span of the question may stand for."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from rowcall_sqlgen.engine.dates import Period


class Aggregate(StrEnum):
    """Functions over many rows; values are their SQL names."""

    COUNT = "COUNT"
    SUM = "SUM"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"


class Operator(StrEnum):
    """Comparisons between a column and a value."""

    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Cue(Enum):
    """Words that shape the question and name nothing in the data."""

    COUNT = auto()  # how many, number of
    EACH = auto()  # per, for each
    BY = auto()
    SORT = auto()  # sorted by
    RANKED = auto()  # ranked by: the greatest first
    ASCENDING = auto()
    DESCENDING = auto()
    NOT = auto()
    WITHOUT = auto()  # have no, without
    MISSING = auto()  # is missing, null
    AND = auto()
    OR = auto()
    EITHER = auto()
    WITH = auto()  # with, that have, whose
    OF = auto()
    IS = auto()
    WHICH = auto()  # which, what: asks for values, each once
    DISTINCT = auto()
    BETWEEN = auto()
    BOTH = auto()
    FREQUENT = auto()  # most common
    RARE = auto()  # least common
    MEAN = auto()  # the average, as something to compare with
    NAMED = auto()  # named, called
    STARTS = auto()  # starting with
    ENDS = auto()
    CONTAINS = auto()
    EVERYTHING = auto()  # all information about
    OR_MORE = auto()  # stands after its number
    OR_LESS = auto()
    BREAK = auto()  # the end of a sentence inside the question
    SOME = auto()  # any, some: harmless before a noun, and the noun's absence after `not`


@dataclass(frozen=True, slots=True)
class ColumnRef:
    """A column by the names of its table and itself, spelled as in the catalog."""

    table: str
    column: str


@dataclass(frozen=True, slots=True)
class TableMention:
    """The question names a table, or rows of it by one of their ends: `arrivals` are flights in the role `to`."""

    table: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMention:
    """The question names a column, or the two that make up a person's name."""

    columns: tuple[ColumnRef, ...]

    @property
    def table(self) -> str:
        """The table of all the columns."""
        return self.columns[0].table


@dataclass(frozen=True, slots=True)
class ValueMention:
    """The question contains a value that the column holds; `value` is spelled as stored."""

    column: ColumnRef
    value: str

    @property
    def table(self) -> str:
        """The column's table."""
        return self.column.table


@dataclass(frozen=True, slots=True)
class TermMention:
    """The question says a term that stands for a condition on `table` or a measure over it.

    `names_rows`: the words also name the rows, as `latecomers` or `late flights` do.
    """

    term: str
    table: str
    names_rows: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `unit` of time that stands behind it."""

    value: int | float
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """Text in quotes that is no known value."""

    text: str


@dataclass(frozen=True, slots=True)
class Aggregating:
    """`average`, `total`."""

    aggregate: Aggregate


@dataclass(frozen=True, slots=True)
class Comparing:
    """`more than`; an adjective brings its column: `older than`."""

    operator: Operator
    column: ColumnRef | None = None


@dataclass(frozen=True, slots=True)
class Superlative:
    """`highest`; an adjective brings its column: `oldest`. `counting`: `most` and `fewest` may count rows."""

    descending: bool
    column: ColumnRef | None = None
    counting: bool = False

    @property
    def aggregate(self) -> Aggregate:
        """The function that finds the extreme value itself."""
        return Aggregate.MAX if self.descending else Aggregate.MIN


@dataclass(frozen=True, slots=True)
class Limit:
    """`top 5`, `first 3`; `ranked` when the word asks for an order."""

    count: int
    ranked: bool


@dataclass(frozen=True, slots=True)
class Role:
    """A preposition that tells columns apart: from, to."""

    word: str


Mark = (
    Cue
    | TableMention
    | ColumnMention
    | ValueMention
    | TermMention
    | Number
    | Period
    | Quoted
    | Aggregating
    | Comparing
    | Superlative
    | Limit
    | Role
)
