"""Which actions the types of the data allow where the automaton allows them."""

import numpy as np
from numpy.typing import NDArray

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.parser.actions import KEYWORDS, Keyword
from rowcall_sqlgen.parser.automaton import TARGETS, Allowed, Automaton, Place, Target
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind

Mask = NDArray[np.bool_]

_VALUE_PLACES = frozenset({Place.RIGHT_SIDE, Place.TEXT, Place.LOW, Place.HIGH})
_NAME_PLACES = frozenset({Place.ITEM_NAME, Place.CONDITION_NAME, Place.SORT_NAME})


class Types:
    """Masks over keywords and nodes for one question."""

    def __init__(self, nodes: Nodes, index: SchemaIndex) -> None:
        self._nodes = nodes
        size = len(KEYWORDS) + len(nodes)
        self._targets = {target: np.zeros(size, bool) for target in TARGETS}
        first = len(KEYWORDS)
        self._targets[Target.TABLE][first + nodes.first_table : first + nodes.first_column] = True
        self._targets[Target.COLUMN][first + nodes.first_column : first + nodes.first_value] = True
        self._targets[Target.VALUE][first + nodes.first_value :] = True
        # A search asks for the same few masks again and again.
        self._masks: dict[Allowed, Mask] = {}
        self._comparables: dict[int, Mask] = {}
        self._numeric = np.ones(size, bool)
        for at, ref in enumerate(nodes.columns, first + nodes.first_column):
            self._numeric[at] = index.is_numeric(ref)

    def is_column(self, node: int) -> bool:
        """Says whether a position is a column's."""
        return self._nodes.first_column <= node < self._nodes.first_value

    def allowed(self, state: Automaton, column: int | None) -> Mask:
        """Returns what may come next; `column`: the position of the column that was pointed to last."""
        mask = self._of_automaton(state.allowed())
        if state.place in _NAME_PLACES and state.function in (Keyword.SUM, Keyword.AVG):
            mask = mask & self._numeric
        if state.place in _VALUE_PLACES and column is not None:
            mask = mask & self._comparable(column)
        return mask

    def _of_automaton(self, allowed: Allowed) -> Mask:
        if allowed not in self._masks:
            mask = np.zeros(len(KEYWORDS) + len(self._nodes), bool)
            mask[: len(KEYWORDS)] = [keyword in allowed.keywords for keyword in KEYWORDS]
            for target in allowed.targets:
                mask |= self._targets[target]
            self._masks[allowed] = mask
        return self._masks[allowed]

    def _comparable(self, column: int) -> Mask:
        """A stored value is compared with the column that stores it; the unsaid one is only for limits."""
        if column not in self._comparables:
            self._comparables[column] = self._comparable_with(column)
        return self._comparables[column]

    def _comparable_with(self, column: int) -> Mask:
        ref = self._nodes.columns[column - self._nodes.first_column]
        mask = np.ones(len(KEYWORDS) + len(self._nodes), bool)
        for at, value in enumerate(self._nodes.values, len(KEYWORDS) + self._nodes.first_value):
            mask[at] = value.kind is not ValueKind.ONE and value.column in (None, ref)
        return mask
