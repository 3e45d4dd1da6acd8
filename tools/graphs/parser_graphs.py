"""The parser's network as two graphs: one reads the nodes of a question, the other takes one step of the decoder."""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import onnx

from rowcall_sqlgen.parser.arrays import History, NodeInputs
from rowcall_sqlgen.parser.features import MOST_FEATURES
from rowcall_sqlgen.parser.stepping import FEATURES
from rowcall_sqlgen.parser.weights import Trained
from tools.graphs import traced
from tools.graphs.model import model
from tools.graphs.traced import argument
from tools.training.network import EPSILON, Network


class _TracedNetwork(Network):
    """The network with what one node of a graph does in one node."""

    def normalized(self, x: Any, name: str) -> Any:
        weights: dict[str, Any] = dict(self.weights)
        return traced.normalized(x, weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon=EPSILON)

    def softmax(self, x: Any) -> Any:
        return traced.softmax(x)


class _OneAction(_TracedNetwork):
    """The same for one action of each sequence, sequences x width, which needs no axis of its own on the way."""

    def remembered(self, x: Any, layer: int) -> tuple[Any, Any]:
        name = f"decoder.{layer}"
        read = self.normalized(x, f"{name}.attention.norm")
        return self._own_heads(read, f"{name}.key"), self._own_heads(read, f"{name}.value")

    def look_back(self, x: Any, layer: int, memory: tuple[Any, Any], *, later: Any = 0.0) -> Any:
        name, (keys, values) = f"decoder.{layer}", memory
        query = self._own_heads(self.normalized(x, f"{name}.attention.norm"), f"{name}.query")
        weights = self.softmax(query @ keys.swapaxes(-1, -2) / math.sqrt(query.shape[-1]) + later)
        return x + (weights @ values).reshape(*x.shape) @ self.weights[f"{name}.output"]

    def _own_heads(self, x: Any, name: str) -> Any:
        """Sequences x heads x 1 x width of a head."""
        return (x @ self.weights[name]).reshape(*x.shape[:-1], self.shape.heads, 1, -1)


def encode_graph(trained: Trained) -> onnx.ModelProto:
    """Nodes in; out: their vectors, what pointers are compared with, and each decoder layer's keys and values.

    The table of features is an input too: each training has met others, and as many.
    """
    weights = _arguments(trained)
    del weights[FEATURES]
    table: Any = argument(np.float32, "known", trained.shape.width)
    network = _TracedNetwork(trained.shape, {**weights, FEATURES: table}, traced)
    inputs: dict[str, Any] = {
        "vectors": argument(np.float32, "nodes", trained.shape.input_width),
        "features": argument(np.int32, "nodes", MOST_FEATURES),
        "positions": argument(np.int32, "nodes"),
        "relations": argument(np.int32, "nodes", "nodes"),
        "present": argument(np.float32, "nodes"),
    }
    nodes = network.encode(NodeInputs(**inputs))
    layers = range(trained.shape.decoder_layers)
    pairs: list[Any] = [network.keys_and_values(nodes, f"decoder.{layer}.nodes") for layer in layers]
    outputs: dict[str, Any] = {"nodes_out": nodes, "pointed_at": network.pointed_at(nodes), **_numbered("read", pairs)}
    inputs |= {"table": table}
    return model("rowcall-parser-encode", weights=weights, inputs=inputs, outputs=outputs)


def step_graph(trained: Trained) -> onnx.ModelProto:
    """What was encoded, memory and last action of each sequence in; out: scores of the next one, and the memory."""
    shape = trained.shape
    weights = _arguments(trained)
    network = _OneAction(shape, weights, traced)
    layers, head = range(shape.decoder_layers), shape.width // shape.heads
    read: list[Any] = [[argument(np.float32, shape.heads, "nodes", head) for _ in range(2)] for _ in layers]
    kept: list[Any] = [[argument(np.float32, "kept", shape.heads, "actions", head) for _ in range(2)] for _ in layers]
    inputs: dict[str, Any] = {
        "nodes": argument(np.float32, "nodes", shape.width),
        "pointed_at": argument(np.float32, "nodes", shape.width),
        "rows": argument(np.int32, "sequences"),
        "step": argument(np.int32),
        "keywords": argument(np.int32, "sequences"),
        "pointers": argument(np.int32, "sequences"),
        "places": argument(np.int32, "sequences"),
    }
    last = History(inputs["keywords"], inputs["pointers"], inputs["places"])
    x: Any = network.read_actions(inputs["nodes"], last) + weights["steps"][inputs["step"]]
    grown: list[Any] = []
    for layer in layers:
        new: Any = network.remembered(x, layer)
        before = [part[inputs["rows"]] for part in kept[layer]]
        grown.append([traced.concatenate(parts, 2) for parts in zip(before, new, strict=True)])
        x = network.look_back(x, layer, grown[-1])
        x = network.look_at_nodes(x, read[layer], layer)
    outputs: dict[str, Any] = {"scores": network.scores(x, inputs["pointed_at"]), **_numbered("grown", grown)}
    inputs |= _numbered("read", read) | _numbered("kept", kept)
    return model("rowcall-parser-step", weights=weights, inputs=inputs, outputs=outputs)


def _numbered(name: str, pairs: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Keys and values of each layer in turn: `name_0`, `name_1` ..."""
    return {f"{name}_{at}": each for at, each in enumerate(chain.from_iterable(pairs))}


def _arguments(trained: Trained) -> dict[str, Any]:
    return {name: argument(weight.dtype, *weight.shape) for name, weight in trained.weights.items()}
