"""The decoder, one action at a time for all open sequences: what earlier steps computed is kept."""

from collections.abc import Sequence

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORD_NUMBERS, Action, Pointer
from rowcall_sqlgen.parser.automaton import PLACE_NUMBERS, Place
from rowcall_sqlgen.parser.network import Array, History, Network, NodeInputs

Memory = tuple[tuple[Array, Array], ...]
"""Keys and values of the actions so far, a pair for each layer: heads x actions x width of a head."""


class Stepper:
    """The decoder over one question's nodes."""

    def __init__(self, network: Network, inputs: NodeInputs) -> None:
        self._network = network
        self._layers = range(network.shape.decoder_layers)
        self._nodes = network.encode(inputs)
        self._present = inputs.present
        self._read = [network.keys_and_values(self._nodes, f"decoder.{layer}.nodes") for layer in self._layers]

    def start(self) -> Memory:
        """Returns the memory of a sequence without actions."""
        shape = self._network.shape
        empty = np.zeros((shape.heads, 0, shape.width // shape.heads), np.float32)
        return tuple((empty, empty) for _ in self._layers)

    def step(
        self, last: Sequence[Action], places: Sequence[Place], memories: Sequence[Memory]
    ) -> tuple[Array, list[Memory]]:
        """Takes the last action and the next place of each sequence; all sequences are equally long.

        Returns the scores of what may come next, sequences x (keywords + nodes), and the memories with this step.
        """
        steps_before = memories[0][0][0].shape[1]
        x = (
            self._network.read_actions(self._nodes, history(last, places))
            + self._network.weights["steps"][steps_before]
        )
        grown: list[list[tuple[Array, Array]]] = [[] for _ in memories]
        for layer in self._layers:
            keys, values = self._network.remembered(x, layer)
            for at, memory in enumerate(memories):
                here = slice(at, at + 1)
                old_keys, old_values = memory[layer]
                both = np.concatenate([old_keys, keys[:, here]], 1), np.concatenate([old_values, values[:, here]], 1)
                grown[at].append(both)
            x = np.concatenate(
                [self._network.look_back(x[at : at + 1], layer, pairs[layer]) for at, pairs in enumerate(grown)]
            )
            x = self._network.look_at_nodes(x, self._read[layer], layer)
        return self._network.scores(x, self._nodes, self._present), [tuple(pairs) for pairs in grown]


def history(last: Sequence[Action], places: Sequence[Place]) -> History:
    """Returns actions and places as numbers."""
    return History(
        keywords=np.array([0 if isinstance(action, Pointer) else KEYWORD_NUMBERS[action] for action in last], np.int32),
        pointers=np.array([action.node if isinstance(action, Pointer) else -1 for action in last], np.int32),
        places=np.array([PLACE_NUMBERS[place] for place in places], np.int32),
    )
