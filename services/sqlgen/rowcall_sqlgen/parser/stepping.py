"""The decoder, one action at a time for all open sequences: what earlier steps computed is kept."""

from collections.abc import Sequence

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORD_NUMBERS, Action, Pointer
from rowcall_sqlgen.parser.automaton import PLACE_NUMBERS, Place
from rowcall_sqlgen.parser.network import Array, History, Network, NodeInputs

Memory = tuple[tuple[Array, Array], ...]
"""Keys and values of the actions so far, a pair for each layer: sequences x heads x actions x width of a head."""


class Stepper:
    """The decoder over one question's nodes."""

    def __init__(self, network: Network, inputs: NodeInputs) -> None:
        self._network = network
        self._layers = range(network.shape.decoder_layers)
        self._nodes = network.encode(inputs)
        self._present = inputs.present
        self._pointed_at = network.pointed_at(self._nodes)
        self._read = [network.keys_and_values(self._nodes, f"decoder.{layer}.nodes") for layer in self._layers]

    def start(self) -> Memory:
        """Returns the memory of one sequence without actions."""
        shape = self._network.shape
        empty = np.zeros((1, shape.heads, 0, shape.width // shape.heads), np.float32)
        return tuple((empty, empty) for _ in self._layers)

    def step(
        self, last: Sequence[Action], places: Sequence[Place], *, memory: Memory, rows: Sequence[int]
    ) -> tuple[Array, Memory]:
        """Takes the last action and the next place of each sequence; `rows`: which of the memory each goes on from.

        Returns the scores of what may come next, sequences x (keywords + nodes), and the memory with this step.
        """
        steps_before = memory[0][0].shape[2]
        read = self._network.read_actions(self._nodes, history(last, places))
        x = (read + self._network.weights["steps"][steps_before])[:, None]
        grown = []
        for layer, (keys, values) in zip(self._layers, memory, strict=True):
            new_keys, new_values = self._network.remembered(x, layer)
            pair = np.concatenate([keys[rows], new_keys], 2), np.concatenate([values[rows], new_values], 2)
            grown.append(pair)
            x = self._network.look_back(x, layer, pair)
            x = self._network.look_at_nodes(x[:, 0], self._read[layer], layer)[:, None]
        return self._network.scores(x[:, 0], self._pointed_at, self._present), tuple(grown)


def history(last: Sequence[Action], places: Sequence[Place]) -> History:
    """Returns actions and places as numbers."""
    return History(
        keywords=np.array([0 if isinstance(action, Pointer) else KEYWORD_NUMBERS[action] for action in last], np.int32),
        pointers=np.array([action.node if isinstance(action, Pointer) else -1 for action in last], np.int32),
        places=np.array([PLACE_NUMBERS[place] for place in places], np.int32),
    )
