"""What a follow-up can ask for besides the clauses of the grammar: it speaks of the answer that is there already."""

from dataclasses import dataclass

from rowcall_sqlgen.engine.clauses import Clause
from rowcall_sqlgen.engine.marks import Aggregate, ColumnMention, TableMention, ValueMention


class NoEdit(Exception):
    """The statement cannot be changed so; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """`how many are there`: the rows of the answer are counted. `distinct`: each once."""

    distinct: bool = False


@dataclass(frozen=True, slots=True)
class CountOnce:
    """`count distinct flights`: rows of a table, however often joins repeat them."""

    table: str


@dataclass(frozen=True, slots=True)
class Recompute:
    """`the average instead`: another function over the column that is measured or shown."""

    aggregate: Aggregate


@dataclass(frozen=True, slots=True)
class Remove:
    """`for all airlines`, `without the name`: conditions on it are dropped, else it is no longer shown."""

    mention: ColumnMention | TableMention | ValueMention


@dataclass(frozen=True, slots=True)
class TurnAround:
    """`the other way around`: the order is reversed."""


@dataclass(frozen=True, slots=True)
class Unlimit:
    """`all of them`: no longer the first rows alone."""


@dataclass(frozen=True, slots=True)
class Top:
    """`top 5` without a word on what: by what the statement measures."""

    count: int


Change = Clause | CountAnswer | CountOnce | Recompute | Remove | TurnAround | Unlimit | Top
