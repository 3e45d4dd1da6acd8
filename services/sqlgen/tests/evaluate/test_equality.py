"""The table of what counts as the same result."""

from collections.abc import Sequence

import pytest

from rowcall_contracts.results import Cell
from rowcall_sqlgen.evaluate.equality import Table, equal

Rows = Sequence[Sequence[Cell]]


def table(rows: Rows, width: int | None = None) -> Table:
    return Table(width=len(rows[0]) if width is None else width, rows=rows)


SAME: dict[str, tuple[Rows, Rows]] = {
    "the same rows": ([(1, "a"), (2, "b")], [(1, "a"), (2, "b")]),
    "another order of rows": ([(1, "a"), (2, "b")], [(2, "b"), (1, "a")]),
    "another order of columns": ([(1, "a"), (2, "b")], [("a", 1), ("b", 2)]),
    "both": ([(1, "a", 3), (2, "b", 3)], [("b", 3, 2), ("a", 3, 1)]),
    "twins among columns": ([(1, 1, 2), (2, 2, 1)], [(2, 1, 1), (1, 2, 2)]),
    "columns of the same values that only fit one way": (
        [(1, 2, 3), (2, 3, 1), (3, 1, 2)],
        [(2, 1, 3), (3, 2, 1), (1, 3, 2)],
    ),
    "duplicates": ([(1,), (1,), (2,)], [(2,), (1,), (1,)]),
    "whole numbers as floats": ([(3, "a")], [(3.0, "a")]),
    "floats that rounding has parted": ([(0.1 + 0.2,), (1e9,)], [(1e9 + 0.01,), (0.3,)]),
    "close floats in different rows": ([(0.1 + 0.2, "a"), (0.3, "b")], [(0.3, "a"), (0.1 + 0.2, "b")]),
    "nothing known": ([(None, None)], [(None, None)]),
    "null beside a value": ([(None, 1), (2, None)], [(1, None), (None, 2)]),
}
DIFFERENT: dict[str, tuple[Rows, Rows]] = {
    "a value": ([(1,)], [(2,)]),
    "a row more": ([(1,)], [(1,), (1,)]),
    "another count of a duplicate": ([(1,), (1,), (2,)], [(1,), (2,), (2,)]),
    "a column more": ([(1,)], [(1, 2)]),
    "a column less": ([(1, 2)], [(1,)]),
    "values paired otherwise": ([(1, "a"), (2, "b")], [(1, "b"), (2, "a")]),
    "one column twice": ([(1, 2), (2, 1)], [(1, 1), (2, 2)]),
    "a number as text": ([(1,)], [("1",)]),
    "zero for nothing": ([(None,)], [(0,)]),
    "empty text for nothing": ([(None,)], [("",)]),
    "another case": ([("a",)], [("A",)]),
    "a float beyond the tolerance": ([(0.3001,)], [(0.3,)]),
    "neighbouring large whole numbers": ([(10_000_001,)], [(10_000_002,)]),
}


@pytest.mark.parametrize(("gold", "predicted"), SAME.values(), ids=SAME.keys())
def test_these_results_are_the_same_in_both_directions(gold: Rows, predicted: Rows) -> None:
    assert equal(table(gold), table(predicted), ordered=False)
    assert equal(table(predicted), table(gold), ordered=False)


@pytest.mark.parametrize(("gold", "predicted"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_these_results_are_not_the_same_in_either_direction(gold: Rows, predicted: Rows) -> None:
    assert not equal(table(gold), table(predicted), ordered=False)
    assert not equal(table(predicted), table(gold), ordered=False)


def test_an_order_of_rows_counts_where_the_reference_asks_for_one() -> None:
    rows: Rows = [(1, "a"), (2, "b")]
    assert equal(table(rows), table([("a", 1), ("b", 2)]), ordered=True)
    assert not equal(table(rows), table([(2, "b"), (1, "a")]), ordered=True)


def test_two_empty_results_are_the_same_whatever_their_columns() -> None:
    assert equal(table([], width=1), table([], width=3), ordered=True)
    assert not equal(table([], width=1), table([(1,)]), ordered=False)


@pytest.mark.parametrize("ordered", [True, False])
def test_extra_columns_are_forgiven_on_request_alone(ordered: bool) -> None:
    gold, predicted = table([(1, "a"), (2, "b")]), table([("a", 9, 1), ("b", 8, 2)])
    assert equal(gold, predicted, ordered=ordered, extra_columns=True)
    assert not equal(gold, predicted, ordered=ordered)
    assert not equal(predicted, gold, ordered=ordered, extra_columns=True)
    assert not equal(table([(1, 1)]), table([(1, 2)]), ordered=ordered, extra_columns=True)


def test_many_columns_of_the_same_values_are_compared_soon() -> None:
    size = 12
    latin = [tuple((row + column) % size for column in range(size)) for row in range(size)]
    mixed = [tuple(row[::-1]) for row in latin[::-1]]
    swapped = [(row[1], row[0], *row[2:]) if i == 0 else row for i, row in enumerate(latin)]
    assert equal(table(latin), table(mixed), ordered=False)
    assert not equal(table(latin), table(swapped), ordered=False)
