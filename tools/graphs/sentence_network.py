"""The layers of MiniLM (Wang et al. 2020), a BERT (Devlin et al. 2019), over the pieces of several sentences at once.

Like the parser's network it takes the array module that it works with, which here must know `softmax`, `gelu` and
`normalized`.
"""

import math
from types import ModuleType

from rowcall_sqlgen.parser.arrays import Array, Weights
from rowcall_sqlgen.parser.sentence_encoder import EPSILON, HEADS, LAYERS, WIDTH


class SentenceNetwork:
    """The forward pass over given weights, by their names in the model's file; matrices are transposed."""

    def __init__(self, weights: Weights, arrays: ModuleType) -> None:
        self._weights = weights
        self._arrays = arrays

    def __call__(self, hidden: Array, apart: Array) -> Array:
        """Returns pieces x width. `hidden`: the same before the first layer; `apart`: pieces x pieces, what keeps a
        piece from attending to another.
        """
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            hidden = self._normalized(hidden + self._attended(hidden, apart, name), f"{name}.attention.output")
            inner = self._arrays.gelu(self._linear(hidden, f"{name}.intermediate.dense"))
            hidden = self._normalized(hidden + self._linear(inner, f"{name}.output.dense"), f"{name}.output")
        return hidden

    def _attended(self, hidden: Array, apart: Array, name: str) -> Array:
        query, key, value = (
            self._linear(hidden, f"{name}.attention.self.{part}").reshape(-1, HEADS, WIDTH // HEADS).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        weights = self._arrays.softmax(query @ key.swapaxes(1, 2) / math.sqrt(WIDTH // HEADS) + apart)
        joined = (weights @ value).swapaxes(0, 1).reshape(-1, WIDTH)
        return self._linear(joined, f"{name}.attention.output.dense")

    def _linear(self, read: Array, name: str) -> Array:
        product: Array = read @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return product

    def _normalized(self, rows: Array, name: str) -> Array:
        weight, bias = self._weights[f"{name}.LayerNorm.weight"], self._weights[f"{name}.LayerNorm.bias"]
        normalized: Array = self._arrays.normalized(rows, weight, bias, epsilon=EPSILON)
        return normalized
