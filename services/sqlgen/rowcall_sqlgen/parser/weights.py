"""The trained network in one file: weights in half precision, the sizes they fit, and the numbers of the features."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORDS
from rowcall_sqlgen.parser.arrays import Array, Shape
from rowcall_sqlgen.parser.automaton import PLACES
from rowcall_sqlgen.parser.relations import Relation

_DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Trained:
    """What training leaves behind. `features`: feature to number, from 1; 0 is for features never seen."""

    shape: Shape
    features: Mapping[str, int]
    weights: Mapping[str, Array]


def save(trained: Trained, path: Path) -> None:
    """Writes the file."""
    described = json.dumps({"shape": asdict(trained.shape), "features": dict(trained.features)})
    halves = {name: weight.astype(np.float16) for name, weight in trained.weights.items()}
    arrays: dict[str, Any] = {_DESCRIPTION: np.frombuffer(described.encode(), np.uint8), **halves}
    np.savez_compressed(path, **arrays)


def load(path: Path) -> Trained:
    """Reads the file. Raises `OSError`, and `ValueError` for weights that were trained for another output language."""
    with np.load(path) as file:
        described = json.loads(file[_DESCRIPTION].tobytes())
        weights = {name: file[name].astype(np.float32) for name in file.files if name != _DESCRIPTION}
    shape = Shape(**described["shape"])
    expected = (len(KEYWORDS), len(PLACES), len(Relation))
    if (shape.keywords, shape.places, shape.relations) != expected:
        raise ValueError(f"{path.name} does not fit this version of the parser: train it anew (make train).")
    return Trained(shape, described["features"], weights)
