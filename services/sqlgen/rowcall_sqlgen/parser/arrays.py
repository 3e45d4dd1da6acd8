"""The sizes of the network and what it reads, shared by its training and its use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""Floating point, of NumPy or of what trains."""
Weights: TypeAlias = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes. `width` is a multiple of `heads`."""

    input_width: int
    features: int
    relations: int
    keywords: int
    places: int
    width: int = 160
    heads: int = 5
    encoder_layers: int = 4
    decoder_layers: int = 3
    inner_width: int = 480
    most_words: int = 64
    most_actions: int = 64


@dataclass(frozen=True, slots=True)
class NodeInputs:
    """What the encoder reads of n nodes.

    `vectors`: n x input width; `features`: n x slots, numbers of features; `positions`: n, where the words stand;
    `relations`: n x n; `present`: n, 1 or 0 for padding.
    """

    vectors: Array
    features: NDArray[np.int32]
    positions: NDArray[np.int32]
    relations: NDArray[np.int32]
    present: Array


@dataclass(frozen=True, slots=True)
class History:
    """The actions so far, one step late.

    `keywords` and `pointers` (-1: none) are those of the action before, `places` those of the action to come.
    """

    keywords: NDArray[np.int32]
    pointers: NDArray[np.int32]
    places: NDArray[np.int32]
