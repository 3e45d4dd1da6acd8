"""The file of a trained network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rowcall_sqlgen.parser.actions import KEYWORDS
from rowcall_sqlgen.parser.arrays import Shape
from rowcall_sqlgen.parser.automaton import PLACES
from rowcall_sqlgen.parser.relations import Relation
from rowcall_sqlgen.parser.stepping import ParserNetwork
from rowcall_sqlgen.parser.weights import Trained, load, save
from tools.training.network import initial_weights

SHAPE = Shape(
    input_width=8,
    features=3,
    relations=len(Relation),
    keywords=len(KEYWORDS),
    places=len(PLACES),
    width=16,
    heads=2,
    encoder_layers=1,
    decoder_layers=1,
    inner_width=24,
)


def trained(shape: Shape) -> Trained:
    return Trained(shape, {"word": 1, "table": 2}, initial_weights(shape, np.random.default_rng(0)))


def test_a_network_comes_back_in_half_precision(tmp_path: Path) -> None:
    kept = trained(SHAPE)
    save(kept, tmp_path / "parser.npz")
    found = load(tmp_path / "parser.npz")

    assert (found.shape, found.features) == (kept.shape, kept.features)
    assert found.weights.keys() == kept.weights.keys()
    for name, weight in kept.weights.items():
        assert found.weights[name].dtype == np.float32
        assert np.allclose(found.weights[name], weight, rtol=1e-3, atol=1e-6), name


@pytest.mark.parametrize("other", ["keywords", "places", "relations"])
def test_a_network_for_another_language_is_refused(other: str, tmp_path: Path) -> None:
    save(trained(replace(SHAPE, **{other: 7})), tmp_path / "parser.npz")

    with pytest.raises(ValueError, match=r"parser\.npz does not fit this version of the parser"):
        load(tmp_path / "parser.npz")


def test_weights_of_other_sizes_than_the_graphs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"The weights do not fit encode\.onnx"):
        ParserNetwork(trained(SHAPE))
