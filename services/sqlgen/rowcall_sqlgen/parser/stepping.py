"""The decoder, one action at a time for all open sequences: what earlier steps computed is kept."""

import re
from collections.abc import Sequence

import numpy as np

from rowcall_sqlgen.parser.actions import KEYWORD_NUMBERS, Action, Pointer
from rowcall_sqlgen.parser.arrays import Array, History, NodeInputs
from rowcall_sqlgen.parser.automaton import PLACE_NUMBERS, Place
from rowcall_sqlgen.parser.inference import Graph, GraphName
from rowcall_sqlgen.parser.weights import Trained

Memory = Sequence[Array]
"""Keys, values, keys ... of the actions so far, layer by layer: sequences x heads x actions x width of a head."""

FEATURES = "features"
"""The weights of which each training has as many as it met features: no part of the graph, which fits all trainings."""

_OF_NODES = re.compile(r"encoder\.|input|positions|pointer\.key|decoder\.\d+\.nodes\.(key|value)")
"""Weights for what is computed once for each question, before the first step."""


class ParserNetwork:
    """The trained network, ready to read questions."""

    def __init__(self, trained: Trained) -> None:
        """Raises `ValueError` where the weights do not fit the graphs."""
        self.shape = trained.shape
        weights = dict(trained.weights)
        self.features = weights.pop(FEATURES)
        encoding = {name: weight for name, weight in weights.items() if _OF_NODES.match(name)}
        stepping = {name: weight for name, weight in weights.items() if name not in encoding}
        self.encode = Graph(GraphName.ENCODE, encoding)
        self.step = Graph(GraphName.STEP, stepping)


class Stepper:
    """The decoder over one question's nodes."""

    def __init__(self, network: ParserNetwork, inputs: NodeInputs) -> None:
        self._network = network
        nodes, pointed_at, *read = network.encode(
            table=network.features,
            vectors=inputs.vectors,
            features=inputs.features,
            positions=inputs.positions,
            relations=inputs.relations,
            present=inputs.present,
        )
        self._question = {"nodes": nodes, "pointed_at": pointed_at, **_numbered("read", read)}

    def start(self) -> Memory:
        """Returns the memory of one sequence without actions."""
        shape = self._network.shape
        empty = np.zeros((1, shape.heads, 0, shape.width // shape.heads), np.float32)
        return [empty, empty] * shape.decoder_layers

    def step(
        self, last: Sequence[Action], places: Sequence[Place], *, memory: Memory, rows: Sequence[int]
    ) -> tuple[Array, Memory]:
        """Takes the last action and the next place of each sequence; `rows`: which of the memory each goes on from.

        Returns the scores of what may come next, sequences x (keywords + nodes), and the memory with this step.
        """
        read = history(last, places)
        scores, *grown = self._network.step(
            **self._question,
            **_numbered("kept", memory),
            rows=np.array(rows, np.int32),
            step=np.array(memory[0].shape[2], np.int32),
            keywords=read.keywords,
            pointers=read.pointers,
            places=read.places,
        )
        return scores, grown


def _numbered(name: str, arrays: Sequence[Array]) -> dict[str, Array]:
    return {f"{name}_{at}": each for at, each in enumerate(arrays)}


def history(last: Sequence[Action], places: Sequence[Place]) -> History:
    """Returns actions and places as numbers."""
    return History(
        keywords=np.array([0 if isinstance(action, Pointer) else KEYWORD_NUMBERS[action] for action in last], np.int32),
        pointers=np.array([action.node if isinstance(action, Pointer) else -1 for action in last], np.int32),
        places=np.array([PLACE_NUMBERS[place] for place in places], np.int32),
    )
