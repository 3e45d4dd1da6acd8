"""The sentence encoder's layers as a graph."""

from typing import Any

import numpy as np
import onnx

from rowcall_sqlgen.parser.arrays import Weights
from rowcall_sqlgen.parser.sentence_encoder import WIDTH
from tools.graphs import traced
from tools.graphs.model import model
from tools.graphs.sentence_network import SentenceNetwork
from tools.graphs.traced import argument


def sentence_graph(weights: Weights) -> onnx.ModelProto:
    """Pieces in, out: the same in the light of the others of their sentence."""
    named: dict[str, Any] = {name: argument(weight.dtype, *weight.shape) for name, weight in weights.items()}
    inputs: dict[str, Any] = {
        "hidden": argument(np.float32, "pieces", WIDTH),
        "apart": argument(np.float32, "pieces", "pieces"),
    }
    read: Any = SentenceNetwork(named, traced)(**inputs)
    return model("rowcall-sentence-encoder", weights=named, inputs=inputs, outputs={"read": read})
