"""Examples as arrays of one size, several at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rowcall_sqlgen.parser.actions import KEYWORD_NUMBERS, KEYWORDS, Action, Keyword, Pointer
from rowcall_sqlgen.parser.arrays import NodeInputs
from rowcall_sqlgen.parser.automaton import TARGETS
from rowcall_sqlgen.parser.features import MOST_FEATURES
from rowcall_sqlgen.parser.sentence_encoder import WIDTH
from rowcall_sqlgen.parser.stepping import history
from tools.training.examples import Example

Batch = Mapping[str, NDArray[Any]]

SIZES = ((32, 16), (48, 16), (64, 16), (88, 20), (112, 48))
"""Nodes and actions that examples are padded to; larger ones are left out."""
THINNED = 0.5
"""Share of the examples that lose columns and values in training: there are few schemas, but many parts of one."""
MOST_THINNED = 0.5
"""Of the columns and values that the gold query does not need."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An example and what the network reads of it."""

    example: Example
    inputs: NodeInputs

    def size(self) -> tuple[int, int] | None:
        """Returns the smallest size that fits."""
        nodes, actions = len(self.example.nodes), len(self.example.actions)
        return next((size for size in SIZES if nodes <= size[0] and actions <= size[1]), None)


def batches(
    prepared: Sequence[Prepared], size: int, random: np.random.Generator | None = None
) -> Iterator[tuple[int, Batch]]:
    """Yields batches with how many examples of each count; the rest are repeats that fill it up."""
    groups: dict[tuple[int, int], list[Prepared]] = {shape: [] for shape in SIZES}
    for each in prepared:
        if (shape := each.size()) is not None:
            groups[shape].append(each)
    cut = []
    for shape, group in groups.items():
        order = np.arange(len(group)) if random is None else random.permutation(len(group))
        for start in range(0, len(group), size):
            chosen = order[start : start + size]
            filled = np.resize(chosen, size)
            cut.append((len(chosen), shape, [group[at] for at in filled]))
    for at in range(len(cut)) if random is None else random.permutation(len(cut)):
        count, shape, members = cut[at]
        yield count, _stacked(members, shape, random)


def _stacked(members: Sequence[Prepared], shape: tuple[int, int], random: np.random.Generator | None) -> Batch:
    rows = [_padded(member, *shape) for member in members]
    if random is not None:
        for member, row in zip(members, rows, strict=True):
            _thin(row["present"], member.example, random)
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _thin(present: NDArray[Any], example: Example, random: np.random.Generator) -> None:
    """Hides some of the columns and values that the gold query does not name."""
    if random.random() >= THINNED:
        return
    hidden = random.random(len(example.nodes)) < random.uniform(0, MOST_THINNED)
    hidden[: example.nodes.first_column] = False
    hidden[[action.node for action in example.actions if isinstance(action, Pointer)]] = False
    present[: len(hidden)][hidden] = 0.0


def _number(action: Action) -> int:
    """Nodes are numbered behind the keywords."""
    return len(KEYWORDS) + action.node if isinstance(action, Pointer) else KEYWORD_NUMBERS[action]


def _padded(member: Prepared, nodes: int, actions: int) -> dict[str, NDArray[Any]]:
    example, inputs = member.example, member.inputs
    size, length = len(example.nodes), len(example.actions)
    rows = {
        "vectors": np.zeros((nodes, WIDTH), np.float32),
        "features": np.zeros((nodes, MOST_FEATURES), np.int32),
        "positions": np.zeros(nodes, np.int32),
        "relations": np.zeros((nodes, nodes), np.int32),
        "present": np.zeros(nodes, np.float32),
        "keywords": np.zeros(actions, np.int32),
        "pointers": np.full(actions, -1, np.int32),
        "places": np.zeros(actions, np.int32),
        "wanted": np.zeros(actions, np.int32),
        "counts": np.zeros(actions, np.float32),
        "allowed_keywords": np.zeros((actions, len(KEYWORDS)), bool),
        "allowed_targets": np.zeros((actions, len(TARGETS)), bool),
        "targets": np.zeros((nodes, len(TARGETS)), bool),
    }
    rows["vectors"][:size], rows["features"][:size] = inputs.vectors, inputs.features
    rows["positions"][:size], rows["present"][:size] = inputs.positions, inputs.present
    rows["relations"][:size, :size] = inputs.relations
    late = history((Keyword.BEGIN, *example.actions[:-1]), [state.place for state in example.states])
    rows["keywords"][:length], rows["pointers"][:length] = late.keywords, late.pointers
    rows["places"][:length], rows["counts"][:length] = late.places, 1.0
    for at, (action, state) in enumerate(zip(example.actions, example.states, strict=True)):
        rows["wanted"][at] = _number(action)
        allowed = state.allowed()
        rows["allowed_keywords"][at] = [keyword in allowed.keywords for keyword in KEYWORDS]
        rows["allowed_targets"][at] = [target in allowed.targets for target in TARGETS]
    for node in range(len(example.nodes.words), size):
        rows["targets"][node, TARGETS.index(example.nodes.target(node))] = True
    return rows
