"""What every rule of the grammar sees and returns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.clauses import Clause
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, Mark
from rowcall_sqlgen.engine.meaning import Measure

Marks = Sequence[Mark]


@dataclass(frozen=True, slots=True)
class Scene:
    """What was read before the prefix."""

    index: SchemaIndex
    previous: Mark | None = None
    table: str | None = None  # the last table named
    started: bool = False  # some clause was read
    shown: bool = False  # something to return was named
    measured: bool = False  # the last thing shown is a measure
    capped: bool = False  # a number of rows was just read: `top 5`
    ranked: bool = False  # `top 5` still waits for its measure
    rank: ColumnRef | Measure | None = None  # what the first rows are ranked by


@dataclass(frozen=True, slots=True)
class Found:
    """A prefix of `length` marks was read."""

    length: int
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundMeasure:
    """A prefix that is a measure."""

    length: int
    measure: Measure


Rule = Callable[[Marks, Scene], Found | None]
