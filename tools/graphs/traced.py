"""Arrays that write down what is done with them, as nodes of an ONNX graph.

`Traced` has the operators and methods of a NumPy array, and this module the functions of NumPy, that the networks use;
each does what NumPy does for them and no more. A size that is known only when the graph runs is a `Same`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import spox
import spox.opset.ai.onnx.v20 as ops
from numpy.typing import DTypeLike


@dataclass(frozen=True, slots=True)
class Same:
    """A size that is not known: that of the axis of the same number."""

    axis: int


Operand: TypeAlias = "Traced | float"


class Traced:
    """An array that is computed when the graph runs."""

    def __init__(self, var: spox.Var) -> None:
        self.var = var

    @property
    def shape(self) -> tuple[int | Same, ...]:
        """Sizes as far as they are known."""
        sizes = self.var.unwrap_tensor().shape or ()
        return tuple(size if isinstance(size, int) else Same(axis) for axis, size in enumerate(sizes))

    @property
    def T(self) -> "Traced":  # noqa: N802 - as NumPy calls it
        """Rows and columns exchanged."""
        return self.swapaxes(0, 1)

    def __matmul__(self, other: "Traced") -> "Traced":
        return Traced(ops.matmul(self.var, other.var))

    def __add__(self, other: Operand) -> "Traced":
        return Traced(ops.add(self.var, self._like(other)))

    def __sub__(self, other: Operand) -> "Traced":
        return Traced(ops.sub(self.var, self._like(other)))

    def __mul__(self, other: Operand) -> "Traced":
        return Traced(ops.mul(self.var, self._like(other)))

    def __truediv__(self, other: Operand) -> "Traced":
        return Traced(ops.div(self.var, self._like(other)))

    def __ge__(self, other: Operand) -> "Traced":
        return Traced(ops.greater_or_equal(self.var, self._like(other)))

    def __getitem__(self, key: "Traced | tuple[slice | None, ...]") -> "Traced":
        """Rows by their numbers, or new axes where the key has `None`."""
        if isinstance(key, Traced):
            return Traced(ops.gather(self.var, key.var))
        return Traced(ops.unsqueeze(self.var, _integers(at for at, each in enumerate(key) if each is None)))

    def sum(self, axis: int) -> "Traced":
        """Over one axis, which is gone then."""
        return Traced(ops.reduce_sum(self.var, _integers([axis]), keepdims=False))

    def reshape(self, *sizes: int | Same) -> "Traced":
        """In other sizes, of which one may be -1: the rest. A `Same` stays where it is."""
        return Traced(ops.reshape(self.var, _integers(0 if isinstance(size, Same) else size for size in sizes)))

    def transpose(self, *axes: int) -> "Traced":
        """The axes in another order."""
        return Traced(ops.transpose(self.var, perm=axes))

    def swapaxes(self, one: int, other: int) -> "Traced":
        """Two axes exchanged."""
        axes = list(range(len(self.shape)))
        axes[one], axes[other] = axes[other], axes[one]
        return self.transpose(*axes)

    def cast(self, kind: DTypeLike) -> "Traced":
        """As numbers of another kind."""
        return Traced(ops.cast(self.var, to=kind))

    def _like(self, other: Operand) -> spox.Var:
        kind = self.var.unwrap_tensor().dtype
        return other.var if isinstance(other, Traced) else ops.const(np.asarray(other, kind))


def maximum(one: Traced, other: Operand) -> Traced:
    """The larger of two, element by element."""
    if other == 0:  # ONNX Runtime computes it along with the product before
        return Traced(ops.relu(one.var))
    return Traced(ops.max([one.var, one._like(other)]))


def where(condition: Traced, one: Traced, other: Traced) -> Traced:
    """Of one where the condition holds, else of the other."""
    return Traced(ops.where(condition.var, one.var, other.var))


def equal(one: Traced, other: Traced) -> Traced:
    """Whether elements are the same."""
    return Traced(ops.equal(one.var, other.var))


def concatenate(arrays: Sequence[Traced], axis: int) -> Traced:
    """One array behind the other."""
    return Traced(ops.concat([each.var for each in arrays], axis=axis))


def take_along_axis(array: Traced, indices: Traced, axis: int) -> Traced:
    """Elements by their numbers on one axis. The indices are the same all along the first axis."""
    sizes = ops.concat([ops.shape(array.var, end=1), ops.shape(indices.var, start=1)], axis=0)
    return Traced(ops.gather_elements(array.var, ops.expand(indices.var, sizes), axis=axis))


def softmax(array: Traced) -> Traced:
    """Positive rows of sum 1."""
    return Traced(ops.softmax(array.var, axis=-1))


def gelu(array: Traced) -> Traced:
    """x Φ(x)."""
    return Traced(ops.gelu(array.var))


def normalized(array: Traced, weight: Traced, bias: Traced, *, epsilon: float) -> Traced:
    """Rows of mean 0 and variance 1, scaled and shifted."""
    return Traced(ops.layer_normalization(array.var, weight.var, bias.var, epsilon=epsilon)[0])


def argument(kind: DTypeLike, *sizes: int | str) -> Traced:
    """What the graph is given; a size that differs from run to run has a name."""
    return Traced(spox.argument(spox.Tensor(kind, sizes)))


def _integers(numbers: Iterable[int]) -> spox.Var:
    return ops.const(np.array(list(numbers), np.int64))
