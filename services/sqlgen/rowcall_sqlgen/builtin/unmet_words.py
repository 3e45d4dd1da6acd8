"""Words that turn a question round, and parses that do without: `not`, `only`, `oldest`, `average`, a number."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from rowcall_sqlgen.builtin.uses import inner_parts, uses
from rowcall_sqlgen.engine.adjectives import SUPERLATIVES
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, Operator
from rowcall_sqlgen.engine.meaning import (
    Calculation,
    Comparison,
    Compound,
    Duration,
    IsNull,
    Measure,
    Not,
    Order,
    Query,
    SetOperator,
)
from rowcall_sqlgen.engine.units import time_unit
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind

_NAMED, _CLEARLY = 0.5, 0.9
_NEGATIONS = frozenset("not never without except excluding neither nor no".split())
_COMPARING = frozenset("more less fewer later earlier longer shorter greater higher lower older younger".split())
_BEHIND_ONLY = frozenset("by to from in at with for on have has had served used".split())
_ONE = frozenset("one once 1".split())
_BELOW = frozenset({Operator.LT, Operator.LE, Operator.NE})
_FIRST = frozenset("first last".split())
_BEFORE_FIRST = frozenset({"", "the"})
_PERIODS = frozenset("name names quarter quarters month months year years decade time times".split())
_SORTED_BY = frozenset({("order", "of"), ("order", "by"), ("ordered", "by"), ("sort", "by"), ("sorted", "by")})
_DETERMINERS = frozenset("the their its his her each".split())
_AVERAGES = frozenset("average avg mean".split())
_NO = frozenset({"no", "n", "f", "false", "none", "0"})

Demand = Callable[[object], bool]


@dataclass(frozen=True, slots=True)
class Demands:
    """What the words of a question demand: each of `parts` that some part of a query says yes, and each of the numbers
    that it occurs in a value.
    """

    parts: tuple[Demand, ...]
    numbers: tuple[str, ...]


def demands(nodes: Nodes) -> Demands:
    """Returns what a question demands."""
    said = _Said(nodes)
    wanted: list[Demand] = []
    if said.denies():
        wanted.append(_denies)
    if says_only(nodes.words):
        wanted.append(leaves_out)
    if said.has(lambda word: (word.lower,) in SUPERLATIVES) or said.takes_first():
        wanted.append(_takes_an_end)
    if said.has(lambda word: word.lower == "average"):
        wanted.append(_averages)
    if keys := said.sorted_by():
        wanted.append(partial(_sorts_by, keys))
    return Demands(tuple(wanted), tuple(said.numbers()))


def says_only(question: Sequence[Word]) -> bool:
    """`Only served by Delta`, `who only have dogs`; but not `show only the name` and `with only one dog`."""
    lower = [word.lower for word in question]
    return any(
        word == "only"
        and lower[max(at - 1, 0)] != "not"
        and not _BEHIND_ONLY.isdisjoint(lower[at + 1 : at + 3])
        and _ONE.isdisjoint(lower[at + 1 : at + 4])
        for at, word in enumerate(lower)
    )


def leaves_out(part: object) -> bool:
    """Says whether the part of a query leaves rows out for what they have besides."""
    return isinstance(part, Not) or (isinstance(part, Compound) and part.operator is SetOperator.EXCEPT)


def meets(query: Query, wanted: Demands) -> bool:
    """Says whether the query meets all demands."""
    if not all(any(map(demand, inner_parts(query))) for demand in wanted.parts):
        return False
    values = [str(value) for value in uses(query).values] if wanted.numbers else []
    return all(any(number in value for value in values) for number in wanted.numbers)


class _Said:
    """The words of one question that are no part of a name or a value."""

    def __init__(self, nodes: Nodes) -> None:
        named = {at for (at, _), quality in nodes.matches.column_words.items() if quality >= _NAMED}
        values = (value for value in nodes.values if value.kind in (ValueKind.QUOTED, ValueKind.STORED))
        self._columns = nodes.matches.column_words
        self._taken = named | {at for value in values for at in range(value.start, value.end)}
        self._words = nodes.words

    def has(self, is_it: Callable[[Word], bool]) -> bool:
        return any(is_it(word) for at, word in enumerate(self._words) if at not in self._taken and not word.quoted)

    def denies(self) -> bool:
        """`Not only` and `no more than` deny nothing, nor does `No. 1`."""
        return any(
            after not in _COMPARING and after != "only" and before != "or" and not after.isdigit()
            for before, after in self._around(_NEGATIONS)
        )

    def takes_first(self) -> bool:
        """`The first flight`, `last flight of the day`; but not `the last month`, `the first 3`, `first names`."""
        return any(
            before in _BEFORE_FIRST and after.isalpha() and after not in _PERIODS and time_unit(after) is None
            for before, after in self._around(_FIRST)
        )

    def sorted_by(self) -> frozenset[ColumnRef]:
        """The columns that `in order of the family name` or `sorted by age` may mean; none where it is a measure."""
        lower = [word.lower for word in self._words]
        for at in range(1, len(lower)):
            if (lower[at - 1], lower[at]) in _SORTED_BY:
                key = at + 1 + (lower[at + 1 : at + 2] != [] and lower[at + 1] in _DETERMINERS)
                return frozenset(
                    ref for (place, ref), quality in self._columns.items() if place == key and quality >= _CLEARLY
                )
        return frozenset()

    def numbers(self) -> Iterator[str]:
        """Yields numbers in digits, but no lengths of time, which are told in the unit of the column."""
        for at, word in enumerate(self._words):
            after = self._words[at + 1].lower if at + 1 < len(self._words) else ""
            if word.lower.isdecimal() and at not in self._taken and not word.quoted and time_unit(after) is None:
                yield str(int(word.lower))

    def _around(self, wanted: frozenset[str]) -> Iterator[tuple[str, str]]:
        for at, word in enumerate(self._words):
            if word.lower in wanted and at not in self._taken and not word.quoted:
                before = self._words[at - 1].lower if at else ""
                yield before, self._words[at + 1].lower if at + 1 < len(self._words) else ""


def _denies(part: object) -> bool:
    match part:
        case Not() | IsNull() | Compound(operator=SetOperator.EXCEPT):
            return True
        case Comparison(operator=operator) if operator in _BELOW:
            return True
        case Comparison(operator=Operator.EQ, value=str() | int() | float() as value):
            return str(value).lower() in _NO
    return False


def _takes_an_end(part: object) -> bool:
    return isinstance(part, Order) or (isinstance(part, Measure) and part.aggregate in (Aggregate.MIN, Aggregate.MAX))


def _sorts_by(keys: frozenset[ColumnRef], part: object) -> bool:
    match part:
        case Order(item=ColumnRef() as key):
            return key in keys
        case Order():
            return True
    return False


def _averages(part: object) -> bool:
    match part:
        case Measure(aggregate=Aggregate.AVG) | Duration(aggregate=Aggregate.AVG) | Calculation():
            return True
        case ColumnRef(column=name):
            return not _AVERAGES.isdisjoint(spelled_words(name))
    return False
