"""When two results answer the same question.

The rule is that of the test-suite evaluation (Zhong, Yu and Klein 2020, "Semantic Evaluation for Text-to-SQL with
Distilled Test Suites"): names of columns do not count, columns may come in another order, rows are a multiset, and
their order counts only if the reference asks for one.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rowcall_contracts.results import Cell

TOLERANCE = 1e-6
"""Relative and absolute: floating point numbers this close are the same."""
MOST_STEPS = 10_000
"""Pairs of columns tried before a comparison is given up as different; real results need a few dozen."""

Rows = Sequence[Sequence[Cell]]
_Column = tuple[Hashable, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows and how many columns each has."""

    width: int
    rows: Rows


def equal(gold: Table, predicted: Table, *, ordered: bool, extra_columns: bool = False) -> bool:
    """Says whether a predicted result is the reference's.

    With `extra_columns` the prediction may have more columns than the reference (Defog's "subset" match). Two empty
    results are equal, whatever their columns.
    """
    if len(gold.rows) != len(predicted.rows):
        return False
    if not gold.rows:
        return True
    if predicted.width < gold.width or (predicted.width > gold.width and not extra_columns):
        return False
    same = _representatives([*gold.rows, *predicted.rows])
    golds, others = _columns(gold, same), _columns(predicted, same)
    if ordered:
        return not Counter(golds) - Counter(others)
    return _Matching(golds, others).exists()


def _columns(table: Table, same: dict[float, float]) -> list[_Column]:
    return [tuple(_key(row[i], same) for row in table.rows) for i in range(table.width)]


def _key(cell: Cell, same: dict[float, float]) -> Hashable:
    return same[cell] if isinstance(cell, int | float) else cell


def _representatives(rows: Sequence[Sequence[Cell]]) -> dict[float, float]:
    """Returns for each number the one that stands for all that are as good as equal to it."""
    numbers = sorted({cell for row in rows for cell in row if isinstance(cell, int | float)})
    same: dict[float, float] = {}
    previous: float | None = None
    for number in numbers:
        close = previous is not None and _close(previous, number)
        same[number] = same[previous] if close and previous is not None else number
        previous = number
    return same


def _close(one: float, other: float) -> bool:
    whole = isinstance(one, int) and isinstance(other, int)
    return not whole and math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


class _Matching:
    """Looks for a predicted column for each reference column so that the rows are the same multiset.

    Column by column: a choice is kept only while the rows cut to the columns chosen so far are the same multiset, so
    wrong branches end at once. Rows that agree so far share a class number; a further column refines the classes.
    """

    def __init__(self, golds: Sequence[_Column], others: Sequence[_Column]) -> None:
        self._golds = golds
        self._others = others
        self._steps = 0
        self._twins = _twins(golds, others)

    def exists(self) -> bool:
        start = [0] * len(self._golds[0])
        return self._extend(0, (start, start), frozenset())

    def _extend(self, position: int, classes: tuple[list[int], list[int]], used: frozenset[int]) -> bool:
        if position == len(self._golds):
            return True
        tried: set[_Column] = set()
        for twin in self._twins[position]:
            column = self._others[twin]
            if twin in used or column in tried:
                continue
            tried.add(column)
            self._steps += 1
            if self._steps > MOST_STEPS:
                return False
            refined = _refined(classes, self._golds[position], column)
            if refined and self._extend(position + 1, refined, used | {twin}):
                return True
        return False


def _twins(golds: Sequence[_Column], others: Sequence[_Column]) -> list[list[int]]:
    """Returns for each reference column the predicted ones with the same multiset of values."""
    by_content: defaultdict[frozenset[tuple[Hashable, int]], list[int]] = defaultdict(list)
    for i, column in enumerate(others):
        by_content[_content(column)].append(i)
    return [by_content[_content(column)] for column in golds]


def _content(column: _Column) -> frozenset[tuple[Hashable, int]]:
    return frozenset(Counter(column).items())


def _refined(classes: tuple[list[int], list[int]], gold: _Column, other: _Column) -> tuple[list[int], list[int]] | None:
    numbers: dict[tuple[int, Hashable], int] = {}
    first, second = (
        [numbers.setdefault(pair, len(numbers)) for pair in zip(each, column, strict=True)]
        for each, column in zip(classes, (gold, other), strict=True)
    )
    return (first, second) if Counter(first) == Counter(second) else None
