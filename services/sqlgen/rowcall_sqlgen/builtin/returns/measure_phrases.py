"""Elements of a list that ask for a number over many rows: `total number of sales`, `average price`."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.marks import Aggregate
from rowcall_sqlgen.engine.words import Word


@dataclass(frozen=True, slots=True)
class MeasurePhrase:
    """`noun`: the words for what is counted or measured; none where they say nothing: `the total count`."""

    aggregate: Aggregate
    noun: tuple[Word, ...]
    distinct: bool = False


_AGGREGATES = {
    "total": Aggregate.SUM,
    "sum": Aggregate.SUM,
    "combined": Aggregate.SUM,
    "average": Aggregate.AVG,
    "avg": Aggregate.AVG,
    "mean": Aggregate.AVG,
    "maximum": Aggregate.MAX,
    "max": Aggregate.MAX,
    "highest": Aggregate.MAX,
    "largest": Aggregate.MAX,
    "minimum": Aggregate.MIN,
    "min": Aggregate.MIN,
    "lowest": Aggregate.MIN,
    "smallest": Aggregate.MIN,
}
_COUNTS = frozenset({"number", "numbers", "count", "counts"})
_LAST_COUNTS = frozenset({"count", "counts", "frequency", "frequencies"})
_WHOLE = frozenset({"total", "overall"})
_DISTINCT = frozenset({"distinct", "unique", "different"})
_ARTICLES = frozenset({"of", "the", "all"})


def measure_phrase(said: Sequence[Word]) -> MeasurePhrase | None:
    """Reads such an element; `None` for others."""
    lower = [word.lower for word in said]
    start = 1 if lower[0] in _WHOLE and len(lower) > 1 else 0
    if lower[start] in _COUNTS and lower[start + 1 : start + 2] == ["of"]:
        return _phrase(Aggregate.COUNT, said[start + 2 :])
    if lower[-1] in _LAST_COUNTS:
        return _phrase(Aggregate.COUNT, said[start:-1])
    aggregate = _AGGREGATES.get(lower[0])
    return _phrase(aggregate, said[1:]) if aggregate and len(said) > 1 else None


def is_count(said: Sequence[Word]) -> bool:
    """Says whether the words are `number of` several things, which is no column."""
    lower = [word.lower for word in said]
    at = next((at for at, word in enumerate(lower[:-1]) if word in _COUNTS and lower[at + 1] == "of"), None)
    return at is not None and any(word.lower != word.lemma for word in said[at + 2 :])


def _phrase(aggregate: Aggregate, noun: Sequence[Word]) -> MeasurePhrase:
    while noun and noun[0].lower in _ARTICLES:
        noun = noun[1:]
    distinct = bool(noun) and noun[0].lower in _DISTINCT
    return MeasurePhrase(aggregate, tuple(noun[1:] if distinct else noun), distinct)
