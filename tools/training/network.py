"""The network: a relation-aware encoder of nodes and a decoder that writes actions or points to nodes.

The encoder follows RAT-SQL (Wang et al. 2020): a relation shifts how much one node attends to another. The functions
take the array module they work with: JAX differentiates them in training, `tools/graphs` traces them into the graphs
that the service runs, and so both share one definition.
"""

import math
from collections.abc import Callable
from types import ModuleType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from rowcall_sqlgen.parser.arrays import Array, History, NodeInputs, Shape, Weights

Dropout: TypeAlias = Callable[[Array], Array]

HIDDEN = 1e9
EPSILON = 1e-5
"""Added to a variance before it divides."""


def no_dropout(x: Array) -> Array:
    """Returns what it is given: for use, not for training."""
    return x


class Network:
    """The forward pass over given weights."""

    def __init__(self, shape: Shape, weights: Weights, arrays: ModuleType = np, dropout: Dropout = no_dropout) -> None:
        self.shape = shape
        self.weights = weights
        self._np = arrays
        self._dropout = dropout

    def encode(self, inputs: NodeInputs) -> Array:
        """Returns a vector for each node: nodes x width."""
        w = self.weights
        x = inputs.vectors @ w["input"] + w["input.bias"]
        x = x + w["features"][inputs.features].sum(1) + w["positions"][inputs.positions]
        x = self._dropout(self.normalized(x, "input.norm"))
        hidden = (inputs.present - 1.0)[None, None, :] * HIDDEN
        for layer in range(self.shape.encoder_layers):
            name = f"encoder.{layer}"
            y = self.normalized(x, f"{name}.attention.norm")
            query = self._heads(y @ w[f"{name}.query"])
            bias = self._relation_bias(query, inputs.relations, name) + hidden
            x = x + self._attend(query, *self.keys_and_values(y, name), name, bias)
            x = x + self._feed_forward(x, name)
        return self.normalized(x, "encoder.norm")

    def decode(self, nodes: Array, present: Array, history: History) -> Array:
        """Returns the scores of the next action after each action: actions x (keywords + nodes)."""
        length = history.places.shape[0]
        x = self.read_actions(nodes, history) + self.weights["steps"][:length]
        x = self._dropout(x)
        later = (self._np.tril(self._np.ones((length, length))) - 1.0)[None] * HIDDEN
        absent = (present - 1.0)[None, None, :] * HIDDEN
        for layer in range(self.shape.decoder_layers):
            x = self.look_back(x, layer, self.remembered(x, layer), later=later)
            x = self.look_at_nodes(x, self.keys_and_values(nodes, f"decoder.{layer}.nodes"), layer, absent=absent)
        return self.scores(x, self.pointed_at(nodes), absent=(present - 1.0)[None] * HIDDEN)

    def read_actions(self, nodes: Array, history: History) -> Array:
        """Returns what the decoder first sees of each action, its position apart."""
        pointed = nodes[self._np.maximum(history.pointers, 0)] @ self.weights["pointed"]
        keywords = self.weights["keywords"][history.keywords]
        read = self._np.where((history.pointers >= 0)[:, None], pointed, keywords)
        seen: Array = read + self.weights["places"][history.places]
        return seen

    def look_back(self, x: Array, layer: int, memory: tuple[Array, Array], *, later: Array | float = 0.0) -> Array:
        """The first half of a decoder layer. `memory`: keys and values of the actions so far, these included.

        Works on one sequence (actions x width) or on several at once (sequences x actions x width).
        """
        name = f"decoder.{layer}"
        query = self._heads(self.normalized(x, f"{name}.attention.norm") @ self.weights[f"{name}.query"])
        return x + self._attend(query, *memory, name, later)

    def remembered(self, x: Array, layer: int) -> tuple[Array, Array]:
        """Returns the keys and values by which later actions look back at these."""
        name = f"decoder.{layer}"
        return self.keys_and_values(self.normalized(x, f"{name}.attention.norm"), name)

    def look_at_nodes(self, x: Array, read: tuple[Array, Array], layer: int, *, absent: Array | float = 0.0) -> Array:
        """The second half of a decoder layer."""
        name = f"decoder.{layer}"
        y = self.normalized(x, f"{name}.nodes.norm")
        query = self._heads(y @ self.weights[f"{name}.nodes.query"])
        x = x + self._attend(query, *read, f"{name}.nodes", absent)
        return x + self._feed_forward(x, name)

    def pointed_at(self, nodes: Array) -> Array:
        """Returns what pointers are compared with: the same for all actions."""
        found: Array = nodes @ self.weights["pointer.key"]
        return found

    def scores(self, x: Array, pointed_at: Array, *, absent: Array | float = 0.0) -> Array:
        """Returns the scores of keywords and nodes, given what the last layer made of each action."""
        w = self.weights
        x = self.normalized(x, "decoder.norm")
        keywords = x @ w["output"] + w["output.bias"]
        pointers = (x @ w["pointer.query"]) @ pointed_at.T / math.sqrt(self.shape.width)
        scores: Array = self._np.concatenate([keywords, pointers + absent], 1)
        return scores

    def _relation_bias(self, query: Array, relations: NDArray[np.int32], name: str) -> Array:
        """A term of the query with the relation's own vector, and one of the relation alone: heads x nodes x nodes."""
        w = self.weights
        by_kind = query @ w[f"{name}.relation.key"].T / math.sqrt(query.shape[-1])
        by_query: Array = self._np.take_along_axis(by_kind, relations[None, :, :], axis=2)
        return by_query + w[f"{name}.relation.bias"][relations].transpose(2, 0, 1)

    def keys_and_values(self, read: Array, name: str) -> tuple[Array, Array]:
        """Returns what an attention layer takes from the vectors it reads: heads x vectors x width of a head."""
        return self._heads(read @ self.weights[f"{name}.key"]), self._heads(read @ self.weights[f"{name}.value"])

    def _attend(self, query: Array, key: Array, value: Array, name: str, bias: Array | float) -> Array:
        weights = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1]) + bias
        attended = (self._dropout(self.softmax(weights)) @ value).swapaxes(-2, -3)
        joined = attended.reshape(*attended.shape[:-2], self.shape.width)
        return self._dropout(joined @ self.weights[f"{name}.output"])

    def _feed_forward(self, x: Array, name: str) -> Array:
        w = self.weights
        y = self.normalized(x, f"{name}.inner.norm")
        inner = self._dropout(self._np.maximum(y @ w[f"{name}.widen"] + w[f"{name}.widen.bias"], 0))
        return self._dropout(inner @ w[f"{name}.narrow"] + w[f"{name}.narrow.bias"])

    def _heads(self, x: Array) -> Array:
        return x.reshape(*x.shape[:-1], self.shape.heads, -1).swapaxes(-2, -3)

    def normalized(self, x: Array, name: str) -> Array:
        """Returns rows of mean 0 and variance 1, scaled and shifted as learnt."""
        width = x.shape[-1]
        centred = x - x.sum(-1, keepdims=True) / width
        variance = (centred * centred).sum(-1, keepdims=True) / width
        scaled: Array = centred / self._np.sqrt(variance + EPSILON) * self.weights[f"{name}.weight"]
        return scaled + self.weights[f"{name}.bias"]

    def softmax(self, x: Array) -> Array:
        """Returns positive rows of sum 1."""
        shifted = self._np.exp(x - x.max(-1, keepdims=True))
        weights: Array = shifted / shifted.sum(-1, keepdims=True)
        return weights


def initial_weights(shape: Shape, random: np.random.Generator) -> dict[str, Array]:
    """Returns weights to start training from."""
    width, found = shape.width, _Initial(random)
    found.matrix("input", shape.input_width, width)
    found.constant("input.bias", 0.0, width)
    found.norm("input.norm", width)
    found.table("features", shape.features, width, scale=0.05)
    found.table("positions", shape.most_words, width, scale=0.02)
    for layer in range(shape.encoder_layers):
        _layer(found, f"encoder.{layer}", shape)
        found.table(f"encoder.{layer}.relation.key", shape.relations, width // shape.heads, scale=0.02)
        found.constant(f"encoder.{layer}.relation.bias", 0.0, shape.relations, shape.heads)
    found.norm("encoder.norm", width)
    found.table("keywords", shape.keywords, width, scale=0.05)
    found.table("places", shape.places, width, scale=0.05)
    found.table("steps", shape.most_actions, width, scale=0.02)
    found.matrix("pointed", width, width)
    for layer in range(shape.decoder_layers):
        _layer(found, f"decoder.{layer}", shape)
        found.attention(f"decoder.{layer}.nodes", width)
        found.norm(f"decoder.{layer}.nodes.norm", width)
    found.norm("decoder.norm", width)
    found.matrix("output", width, shape.keywords)
    found.constant("output.bias", 0.0, shape.keywords)
    found.matrix("pointer.query", width, width)
    found.matrix("pointer.key", width, width)
    return found.weights


def _layer(found: "_Initial", name: str, shape: Shape) -> None:
    found.attention(name, shape.width)
    found.norm(f"{name}.attention.norm", shape.width)
    found.norm(f"{name}.inner.norm", shape.width)
    found.matrix(f"{name}.widen", shape.width, shape.inner_width)
    found.constant(f"{name}.widen.bias", 0.0, shape.inner_width)
    found.matrix(f"{name}.narrow", shape.inner_width, shape.width)
    found.constant(f"{name}.narrow.bias", 0.0, shape.width)


class _Initial:
    """Collects weights by name."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self.weights: dict[str, Array] = {}

    def matrix(self, name: str, rows: int, columns: int) -> None:
        self.table(name, rows, columns, scale=1 / math.sqrt(rows))

    def table(self, name: str, rows: int, columns: int, *, scale: float) -> None:
        self.weights[name] = (self._random.standard_normal((rows, columns)) * scale).astype(np.float32)

    def constant(self, name: str, value: float, *sizes: int) -> None:
        self.weights[name] = np.full(sizes, value, np.float32)

    def norm(self, name: str, width: int) -> None:
        self.constant(f"{name}.weight", 1.0, width)
        self.constant(f"{name}.bias", 0.0, width)

    def attention(self, name: str, width: int) -> None:
        for part in ("query", "key", "value", "output"):
            self.matrix(f"{name}.{part}", width, width)
