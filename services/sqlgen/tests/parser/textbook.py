"""What ONNX does in one node, in NumPy, by the formulas of the textbook."""

import math

import numpy as np

from rowcall_sqlgen.parser.arrays import Array

_phi = np.vectorize(lambda x: (1 + math.erf(x / math.sqrt(2))) / 2)


def softmax(rows: Array) -> Array:
    """Positive rows of sum 1."""
    shifted = np.exp(rows - rows.max(-1, keepdims=True))
    weights: Array = shifted / shifted.sum(-1, keepdims=True)
    return weights


def gelu(x: Array) -> Array:
    """x Φ(x)."""
    activated: Array = x * _phi(x)
    return activated


def normalized(rows: Array, weight: Array, bias: Array, *, epsilon: float) -> Array:
    """Rows of mean 0 and variance 1, scaled and shifted."""
    centred = rows - rows.mean(-1, keepdims=True)
    scaled: Array = centred / np.sqrt(centred.var(-1, keepdims=True) + epsilon) * weight + bias
    return scaled
