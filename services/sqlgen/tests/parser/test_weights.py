"""The file of a trained network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rowcall_sqlgen.builtin.trained import FOLDER, PARSER
from rowcall_sqlgen.parser.actions import KEYWORDS, Keyword
from rowcall_sqlgen.parser.arrays import Array, NodeInputs, Shape
from rowcall_sqlgen.parser.automaton import PLACES, Automaton
from rowcall_sqlgen.parser.features import MOST_FEATURES
from rowcall_sqlgen.parser.relations import Relation
from rowcall_sqlgen.parser.stepping import FEATURES, ParserNetwork, Stepper
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


def test_parsers_that_met_other_features_have_the_same_graph() -> None:
    shipped = load(Path(str(FOLDER / PARSER)))
    fewer = replace(shipped, weights={**shipped.weights, FEATURES: shipped.weights[FEATURES][:50]})
    rows = range(3)
    inputs = NodeInputs(
        vectors=np.ones((len(rows), shipped.shape.input_width), np.float32),
        features=np.full((len(rows), MOST_FEATURES), 7, np.int32),
        positions=np.array(rows, np.int32),
        relations=np.zeros((len(rows), len(rows)), np.int32),
        present=np.ones(len(rows), np.float32),
    )
    scores, of_fewer = (_first_scores(ParserNetwork(each), inputs) for each in (shipped, fewer))
    assert np.array_equal(scores, of_fewer), "the features that both have met are weighed alike"


def _first_scores(network: ParserNetwork, inputs: NodeInputs) -> Array:
    stepper = Stepper(network, inputs)
    scores, _ = stepper.step([Keyword.BEGIN], [Automaton().place], memory=stepper.start(), rows=[0])
    return scores


def test_weights_of_other_sizes_than_the_graphs_are_refused() -> None:
    with pytest.raises(ValueError, match=r"The weights do not fit encode\.onnx"):
        ParserNetwork(trained(SHAPE))
