"""Trust in a proposal: trees over the evidence, kept in a file."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_sqlgen.builtin.trust import UNTRUSTING, Trust, load_trust, save_trust

AGREED, DOUBTED = 2.0, -1.0
STUMPS = Trust(
    names=("agreement", "doubt"),
    tested=np.array([[0], [1]], np.int16),
    bounds=np.array([[0.5], [3.0]]),
    below=np.array([[-1], [-2]], np.int16),
    above=np.array([[-2], [-1]], np.int16),
    leaves=np.array([[0.0, AGREED], [DOUBTED, 0.5]]),
)
"""Agreement above a half adds 2; doubt up to 3 adds 0.5, and more takes 1 away."""
DEEP = Trust(
    names=("a", "b"),
    tested=np.array([[0, 1, 0]], np.int16),
    bounds=np.array([[0.0, 1.0, -2.0]]),
    below=np.array([[2, -2, -4]], np.int16),
    above=np.array([[1, -3, -1]], np.int16),
    leaves=np.array([[0.25, 0.5, 1.0, 2.0]]),
)


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({}, 0.5),
        ({"agreement": 1.0}, AGREED + 0.5),
        ({"agreement": 0.5, "doubt": 3.0}, 0.5),
        ({"agreement": 1.0, "doubt": 3.1, "other": 9.0}, AGREED + DOUBTED),
    ],
)
def test_each_tree_adds_what_its_leaf_says(evidence: dict[str, float], expected: float) -> None:
    (probability,) = STUMPS.probabilities([evidence])

    assert odds(probability) == pytest.approx(expected)


@given(st.lists(st.fixed_dictionaries({name: st.floats(-4, 4) for name in DEEP.names}), min_size=1, max_size=5))
def test_splits_lead_to_splits(rows: list[dict[str, float]]) -> None:
    def leaf(a: float, b: float) -> float:
        if a > 0:
            return 0.5 if b <= 1 else 1.0
        return 2.0 if a <= -2 else 0.25

    assert [odds(p) for p in DEEP.probabilities(rows)] == pytest.approx([leaf(row["a"], row["b"]) for row in rows])


def test_nothing_known_is_one_chance_in_two() -> None:
    assert UNTRUSTING.probabilities([{"agreement": 1.0}, {}]) == [0.5, 0.5]
    assert STUMPS.probabilities([]) == []


def test_a_trust_comes_back_from_its_file(tmp_path: Path) -> None:
    save_trust(DEEP, tmp_path / "trust.npz")
    loaded = load_trust(tmp_path / "trust.npz")

    assert loaded.names == DEEP.names
    rows = [{"a": a, "b": b} for a in (-3.0, -1.0, 1.0) for b in (0.0, 2.0)]
    assert loaded.probabilities(rows) == DEEP.probabilities(rows)
