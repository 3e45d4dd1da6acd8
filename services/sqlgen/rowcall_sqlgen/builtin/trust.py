"""How much a proposal is to be trusted: boosted trees (Friedman 2001) over the evidence, fitted by `make train`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rowcall_sqlgen.builtin.evidence import Evidence

_NAMES = "names"
_MOST = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Trees of one size; unused places are filled with what is never reached.

    `names`: of the evidence, by its number in `tested`: trees x splits. A split goes to `below` where the evidence is
    at most `bounds`, else to `above`: the number of another split, or of a leaf as -1 - number. `leaves`: what each
    leaf adds to the log odds, trees x leaves.
    """

    names: tuple[str, ...]
    tested: NDArray[np.int16]
    bounds: NDArray[np.float64]
    below: NDArray[np.int16]
    above: NDArray[np.int16]
    leaves: NDArray[np.float64]

    def probabilities(self, evidence: Sequence[Evidence]) -> list[float]:
        """Returns 0..1 for each: how often proposals with such evidence were right. What is not known counts 0."""
        if not evidence:
            return []
        known = np.array([[each.get(name, 0.0) for name in self.names] for each in evidence])
        odds = np.clip(self._leaves_reached(known).sum(1), -_MOST, _MOST)
        return [float(probability) for probability in 1 / (1 + np.exp(-odds))]

    def _leaves_reached(self, known: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the leaf of each tree says of each row: rows x trees."""
        # Flat arrays and `take`: indexing with two arrays takes twice as long.
        first = np.arange(len(self.leaves)) * self.tested.shape[1]
        row = np.arange(len(known))[:, None] * known.shape[1]
        at = np.zeros((len(known), len(first)), np.int16)
        while (inside := at >= 0).any():
            split = first + np.where(inside, at, 0)
            is_below = known.take(row + self.tested.take(split)) <= self.bounds.take(split)
            at = np.where(inside, np.where(is_below, self.below.take(split), self.above.take(split)), at)
        leaf = np.arange(len(first)) * self.leaves.shape[1] + (-1 - at)
        reached: NDArray[np.float64] = self.leaves.take(leaf)
        return reached


_NO_SPLITS = np.zeros((0, 1), np.int16)
UNTRUSTING = Trust(
    names=(), tested=_NO_SPLITS, bounds=np.zeros((0, 1)), below=_NO_SPLITS, above=_NO_SPLITS, leaves=np.zeros((0, 1))
)
"""Knows nothing, and gives every proposal one chance in two."""


def save_trust(trust: Trust, path: Path) -> None:
    """Writes the file."""
    np.savez_compressed(
        path,
        names=np.frombuffer(json.dumps(trust.names).encode(), np.uint8),
        tested=trust.tested,
        bounds=trust.bounds,
        below=trust.below,
        above=trust.above,
        leaves=trust.leaves,
    )


def load_trust(path: Path) -> Trust:
    """Reads the file. Raises `OSError` and `ValueError`."""
    with np.load(path) as file:
        return Trust(
            names=tuple(json.loads(file[_NAMES].tobytes())),
            tested=file["tested"],
            bounds=file["bounds"],
            below=file["below"],
            above=file["above"],
            leaves=file["leaves"],
        )
