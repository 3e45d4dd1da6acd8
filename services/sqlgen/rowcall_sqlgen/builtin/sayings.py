"""What a question says about the shape of its answer, and whether comparisons in a query agree with that."""

from collections.abc import Iterator, Mapping, Sequence

from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.adjectives import COMPARATIVES, SUPERLATIVES
from rowcall_sqlgen.engine.marks import Aggregating, Comparing, Cue, Limit, Mark, Operator, Superlative
from rowcall_sqlgen.engine.meaning import Between, Comparison, Meaning, Measure, Query
from rowcall_sqlgen.engine.numbers import read_number
from rowcall_sqlgen.engine.vocabulary import LEXICON, LONGEST_PHRASE
from rowcall_sqlgen.engine.words import Word

_UP, _DOWN = frozenset({Operator.GT, Operator.GE}), frozenset({Operator.LT, Operator.LE})
_NEAR = 4
_LEAST_YEAR = 1000
_AMOUNTS = {"once": 1, "twice": 2}


class Sayings:
    """What one question says."""

    def __init__(self, question: Sequence[Word]) -> None:
        self._words = [word.lower for word in question]
        marks = {mark for start in range(len(self._words)) for _, mark in self._phrases(start)}
        self.evidence: Mapping[str, float] = {f"says {name}": 1.0 for mark in marks for name in _named(mark)}
        self._directions = {mark.operator for mark in marks if isinstance(mark, Comparing)}
        self._wanted = self._comparisons()

    def agreement(self, query: Query) -> dict[str, float]:
        """Returns how many comparisons of the query the question asks for, reverses, blurs, or knows nothing of."""
        found = {"asked": 0, "reversed": 0, "blurred": 0, "unheard": 0}
        for part in inner_parts(query):
            match part:
                case Comparison(operator=operator, value=int() | float() as value):
                    found[self._compared(operator, value)] += 1
                case Between(low=low, high=high) if low == high:
                    found["reversed"] += 1
                case Comparison(operator=operator, value=Measure() | Meaning()) if operator in _UP | _DOWN:
                    other = _DOWN if operator in _UP else _UP
                    found["reversed" if self._directions and self._directions <= other else "asked"] += 1
        return {f"comparisons {name}": float(count) for name, count in found.items()}

    def _compared(self, operator: Operator, value: float) -> str:
        wanted = self._wanted.get(value)
        if not wanted:
            return "unheard"
        if operator in wanted:
            return "asked"
        sides = [side for side in (_UP, _DOWN) if operator in side]
        return "blurred" if sides and sides[0] & wanted else "reversed"

    def _comparisons(self) -> dict[float, set[Operator]]:
        """The operators that the words around each number ask for."""
        found: dict[float, set[Operator]] = {}
        for at, word in enumerate(self._words):
            number = read_number(self._words[at:])
            value, length = number or (_AMOUNTS.get(word), 1)
            if value is not None:
                operator = self._after(at + length, value) or self._before(at, value) or Operator.EQ
                found.setdefault(value, set()).add(operator)
        return found

    def _after(self, end: int, value: float) -> Operator | None:
        """Reads `or more`, `or younger`."""
        marks = [mark for _, mark in self._phrases(end)]
        if self._words[end : end + 1] == ["or"]:
            marks += _compared(self._words[end + 1 : end + 2], value)
        for mark in marks:
            match mark:
                case Cue.OR_MORE | Comparing(Operator.GT):
                    return Operator.GE
                case Cue.OR_LESS | Comparing(Operator.LT):
                    return Operator.LE
        return None

    def _before(self, start: int, value: float) -> Operator | None:
        """Reads `more than`, `at least`, `older than`: the first that is near enough."""
        for at in range(max(0, start - _NEAR), start):
            said = [mark for stop, mark in self._phrases(at) if stop <= start]
            said += _compared(self._words[at : at + 1], value)
            operators = [mark.operator for mark in said if isinstance(mark, Comparing)]
            if operators:
                return operators[-1]
        return None

    def _phrases(self, start: int) -> Iterator[tuple[int, Mark]]:
        """Yields what phrases from there on mean, and where they end, the shortest first."""
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(self._words)) + 1):
            phrase = tuple(self._words[start:end])
            yield from ((end, mark) for mark in LEXICON.get(phrase, ()))
            yield from ((end, mark) for mark in _compared(phrase[:-1], 0) if phrase[-1] == "than")
            yield from ((end, Superlative(hint.rising)) for hint in SUPERLATIVES.get(phrase, ())[:1])


def _compared(adjective: Sequence[str], value: float) -> list[Mark]:
    """`older than 20` is about an age, `older than 1970` about a year."""
    hints = COMPARATIVES.get((*adjective, "than"), ())
    rising = [hint.rising for hint in (hints[-1:] if value >= _LEAST_YEAR else hints[:1])]
    return [Comparing(Operator.GT if up else Operator.LT) for up in rising]


def _named(mark: Mark) -> Iterator[str]:
    match mark:
        case Cue():
            yield mark.name.lower()
        case Aggregating(aggregate):
            yield aggregate.value.lower()
        case Superlative(descending=descending, counting=counting):
            yield "most" if descending else "least"
            if counting:
                yield "most of"
        case Comparing(operator):
            yield "more" if operator in _UP else "less"
        case Limit():
            yield "top"
