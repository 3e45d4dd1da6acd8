"""Coverage against precision: what answering only the surest questions would be worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

STEP_PERCENT = 5
HEADLINE_PERCENT = 60
"""The coverage at which precision is a goal."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered question."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The share of right answers when only the surest `coverage` of all scorable questions are answered, both 0..1."""

    coverage: float
    precision: float


def curve(answered: Sequence[Answered], scorable: int) -> tuple[CurvePoint, ...]:
    """Returns a point every `STEP_PERCENT`, as far as there are answers.

    Among answers of equal confidence any order is as good: there the expected precision of a random order is taken.
    """
    points = (precision_at(answered, scorable, percent) for percent in range(STEP_PERCENT, 101, STEP_PERCENT))
    return tuple(point for point in points if point is not None)


def precision_at(answered: Sequence[Answered], scorable: int, percent: int) -> CurvePoint | None:
    """Returns the point at a coverage in percent of all scorable questions; `None` where too few were answered."""
    wanted = -(-scorable * percent // 100)
    if not 0 < wanted <= len(answered):
        return None
    return CurvePoint(coverage=percent / 100, precision=_expected_right(answered, wanted) / wanted)


def _expected_right(answered: Sequence[Answered], wanted: int) -> float:
    ranked = sorted(answered, key=lambda each: -each.confidence)
    right = 0.0
    for _, group in groupby(ranked, key=lambda each: each.confidence):
        tied = list(group)
        taken = min(len(tied), wanted)
        right += taken * sum(each.right for each in tied) / len(tied)
        wanted -= taken
        if not wanted:
            break
    return right
