"""What a column's name says of its numbers: which aggregate, of what, in which unit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Aggregate(StrEnum):
    """How a number was made of many; the value is the word a sentence uses."""

    COUNT = "count"
    TOTAL = "total"
    AVERAGE = "average"
    MEDIAN = "median"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit as it stands behind a number."""

    one: str
    many: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """The reading of one column's name. `subject` is empty for a bare count; `distinct` counts do not add up."""

    aggregate: Aggregate | None
    subject: str
    unit: Unit | None = None
    distinct: bool = False

    @property
    def is_additive(self) -> bool:
        """Whether the numbers of disjoint groups may be added."""
        return self.aggregate in (Aggregate.COUNT, Aggregate.TOTAL) and not self.distinct

    @property
    def phrase(self) -> str:
        """The words that name it inside a sentence, without an article: `average arr_delay`, `count of flights`."""
        if self.aggregate is None:
            return f"value of {self.subject}" if self.subject.endswith("s") else self.subject
        if self.aggregate is Aggregate.COUNT:
            kind = "distinct count" if self.distinct else "count"
            return f"{kind} of {self.subject}" if self.subject else kind
        return f"{self.aggregate} {self.subject}".strip()


AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        "count": Aggregate.COUNT,
        "cnt": Aggregate.COUNT,
        "num": Aggregate.COUNT,
        "n": Aggregate.COUNT,
        "sum": Aggregate.TOTAL,
        "total": Aggregate.TOTAL,
        "avg": Aggregate.AVERAGE,
        "average": Aggregate.AVERAGE,
        "mean": Aggregate.AVERAGE,
        "median": Aggregate.MEDIAN,
        "min": Aggregate.MINIMUM,
        "minimum": Aggregate.MINIMUM,
        "max": Aggregate.MAXIMUM,
        "maximum": Aggregate.MAXIMUM,
    }
)
"""Words that name an aggregate at either end of a column's name, and SQL functions that give a column its name."""

UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "ms": Unit(one="ms", many="ms"),
        "seconds": Unit(one="second", many="seconds"),
        "minutes": Unit(one="minute", many="minutes"),
        "mins": Unit(one="minute", many="minutes"),
        "hours": Unit(one="hour", many="hours"),
        "hrs": Unit(one="hour", many="hours"),
        "days": Unit(one="day", many="days"),
        "weeks": Unit(one="week", many="weeks"),
        "months": Unit(one="month", many="months"),
        "years": Unit(one="year", many="years"),
        "km": Unit(one="km", many="km"),
        "miles": Unit(one="mile", many="miles"),
        "meters": Unit(one="meter", many="meters"),
        "metres": Unit(one="metre", many="metres"),
        "feet": Unit(one="foot", many="feet"),
        "ft": Unit(one="ft", many="ft"),
        "inches": Unit(one="inch", many="inches"),
        "mph": Unit(one="mph", many="mph"),
        "kmh": Unit(one="km/h", many="km/h"),
        "kg": Unit(one="kg", many="kg"),
        "lbs": Unit(one="lb", many="lbs"),
        "gallons": Unit(one="gallon", many="gallons"),
        "liters": Unit(one="liter", many="liters"),
        "litres": Unit(one="litre", many="litres"),
        "celsius": Unit(one="°C", many="°C"),
        "fahrenheit": Unit(one="°F", many="°F"),
        "bytes": Unit(one="byte", many="bytes"),
        "kb": Unit(one="kB", many="kB"),
        "mb": Unit(one="MB", many="MB"),
        "gb": Unit(one="GB", many="GB"),
        "usd": Unit(one="USD", many="USD"),
        "eur": Unit(one="EUR", many="EUR"),
        "gbp": Unit(one="GBP", many="GBP"),
        "percent": Unit(one="%", many="%"),
        "pct": Unit(one="%", many="%"),
    }
)
"""Units that a column's last word may state. A unit is never taken from anywhere else."""

_CALL = re.compile(r"\s*(?P<function>\w+)\s*\((?P<argument>.*)\)\s*", re.DOTALL)
_WORD = re.compile(r"[^\s_]+?(?=[\s_]|$|(?<=[a-z0-9])(?=[A-Z]))")
_COLUMN = re.compile(r"""(?:[\w"`\[\]]+\.)*["`\[]?(?P<name>\w+)["`\]]?""")
_DISTINCT = ("distinct", "unique")


def measure_of(column_name: str) -> Measure:
    """Reads a column's name: `AVG("arr_delay")` and `avg_arr_delay` are both the average of `arr_delay`."""
    call = _CALL.fullmatch(column_name)
    if call is not None and (function := call["function"].lower().removesuffix("_star")) in AGGREGATES:
        return _of_call(AGGREGATES[function], call["argument"])
    words = words_of(column_name)
    aggregate, start, end = _aggregate_and_rest(words)
    distinct = aggregate is Aggregate.COUNT and words[start:end][:1] in ([word] for word in _DISTINCT)
    spans = list(_WORD.finditer(column_name))[start + distinct : end]
    subject = column_name[spans[0].start() : spans[-1].end()] if spans else ""
    return _measure(aggregate, subject, distinct=distinct)


def most_telling(column_names: Sequence[str]) -> int:
    """Returns the position of the number that a result is about: the first aggregate, else the last number."""
    aggregates = (at for at, name in enumerate(column_names) if measure_of(name).aggregate is not None)
    return next(aggregates, len(column_names) - 1)


def words_of(name: str) -> list[str]:
    """Returns the words of a name in lower case: `depDelay`, `dep_delay` and `dep delay` have the same two."""
    return [word.group().lower() for word in _WORD.finditer(name)]


def _of_call(aggregate: Aggregate, argument: str) -> Measure:
    keyword, _, rest = argument.strip().partition(" ")
    distinct = keyword.lower() == "distinct"
    subject = rest.strip() if distinct else argument.strip()
    column = _COLUMN.fullmatch(subject)
    if column is not None:
        return _measure(aggregate, column["name"], distinct=distinct)
    return Measure(aggregate=aggregate, subject="" if subject == "*" else subject, distinct=distinct)


def _aggregate_and_rest(words: list[str]) -> tuple[Aggregate | None, int, int]:
    if words[:2] == ["number", "of"]:
        return Aggregate.COUNT, 2, len(words)
    if words and words[0] in AGGREGATES:
        return AGGREGATES[words[0]], 2 if words[1:2] == ["of"] else 1, len(words)
    if words and words[-1] in AGGREGATES:
        return AGGREGATES[words[-1]], 0, len(words) - 1
    return None, 0, len(words)


def _measure(aggregate: Aggregate | None, subject: str, *, distinct: bool) -> Measure:
    spans = list(_WORD.finditer(subject))
    if len(spans) < 2 or aggregate is Aggregate.COUNT:
        return Measure(aggregate=aggregate, subject=subject, distinct=distinct)
    unit = UNITS.get(spans[-1].group().lower())
    return Measure(aggregate=aggregate, subject=subject[: spans[-2].end()] if unit else subject, unit=unit)
