"""Which action may follow which: a push-down automaton over the output language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from rowcall_sqlgen.parser.actions import (
    ABSENCES,
    CLAUSES,
    MEMBERSHIPS,
    OPERANDS,
    OPERATORS,
    PATTERNS,
    SET_OPERATORS,
    Action,
    Keyword,
    Pointer,
)

MOST_ITEMS = 7
MOST_SORT_KEYS = 3
_MOST_REMEMBERED = 10_000
"""States whose successors are kept: all searches come through the same few thousand."""


class Place(StrEnum):
    """Where in a query the next action stands."""

    START = "start"
    NOTHING = "nothing"
    QUERY = "query"
    FIRST_ITEM = "first item"
    FIRST_DISTINCT_ITEM = "first distinct item"
    ITEM = "item"
    ITEM_NAME = "item name"
    FIRST_TABLE = "first table"
    TABLE = "table"
    CONDITION = "condition"
    CONDITION_NAME = "condition name"
    OPERATOR = "operator"
    RIGHT_SIDE = "right side"
    INNER_QUERY = "inner query"
    TEXT = "text"
    LOW = "low"
    HIGH = "high"
    RIGHT_COLUMN = "right column"
    AFTER_CONDITION = "after condition"
    FIRST_GROUP = "first group"
    GROUP = "group"
    FIRST_SORT_KEY = "first sort key"
    SORT_KEY = "sort key"
    SORT_NAME = "sort name"
    AFTER_ORDER = "after order"
    LIMIT = "limit"
    AFTER_LIMIT = "after limit"
    DONE = "done"


PLACES = tuple(Place)
PLACE_NUMBERS = {place: number for number, place in enumerate(PLACES)}


class Target(StrEnum):
    """What a pointer may point to."""

    TABLE = "table"
    COLUMN = "column"
    VALUE = "value"


TARGETS = tuple(Target)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may come next."""

    keywords: frozenset[Keyword] = frozenset()
    targets: frozenset[Target] = frozenset()


_COLUMN = Allowed(targets=frozenset({Target.COLUMN}))
_VALUE = Allowed(targets=frozenset({Target.VALUE}))
_TABLE = Allowed(targets=frozenset({Target.TABLE}))
_ITEMS = OPERANDS | {Keyword.ALL}
_FIXED: Mapping[Place, Allowed] = {
    Place.START: Allowed(frozenset({Keyword.SELECT, Keyword.NOTHING})),
    Place.NOTHING: Allowed(frozenset({Keyword.END})),
    Place.QUERY: Allowed(frozenset({Keyword.SELECT})),
    Place.FIRST_ITEM: Allowed(_ITEMS | {Keyword.DISTINCT}),
    Place.FIRST_DISTINCT_ITEM: Allowed(_ITEMS),
    Place.FIRST_TABLE: _TABLE,
    Place.OPERATOR: Allowed(OPERATORS),
    Place.RIGHT_SIDE: Allowed(frozenset({Keyword.QUERY, Keyword.COLUMN}), frozenset({Target.VALUE})),
    Place.INNER_QUERY: Allowed(frozenset({Keyword.QUERY})),
    Place.TEXT: _VALUE,
    Place.LOW: _VALUE,
    Place.HIGH: _VALUE,
    Place.RIGHT_COLUMN: _COLUMN,
    Place.FIRST_GROUP: _COLUMN,
    Place.FIRST_SORT_KEY: Allowed(OPERANDS),
    Place.LIMIT: _VALUE,
    Place.DONE: Allowed(),
}
_CLAUSE_BEGINS: Mapping[Keyword, Place] = {
    Keyword.SELECT: Place.FIRST_ITEM,
    Keyword.FROM: Place.FIRST_TABLE,
    Keyword.WHERE: Place.CONDITION,
    Keyword.GROUP: Place.FIRST_GROUP,
    Keyword.HAVING: Place.CONDITION,
    Keyword.ORDER: Place.FIRST_SORT_KEY,
    Keyword.LIMIT: Place.LIMIT,
}
_AFTER_NAME: Mapping[Place, Place] = {
    Place.ITEM_NAME: Place.ITEM,
    Place.FIRST_TABLE: Place.TABLE,
    Place.TABLE: Place.TABLE,
    Place.CONDITION_NAME: Place.OPERATOR,
    Place.RIGHT_SIDE: Place.AFTER_CONDITION,
    Place.TEXT: Place.AFTER_CONDITION,
    Place.LOW: Place.HIGH,
    Place.HIGH: Place.AFTER_CONDITION,
    Place.RIGHT_COLUMN: Place.AFTER_CONDITION,
    Place.FIRST_GROUP: Place.GROUP,
    Place.GROUP: Place.GROUP,
    Place.SORT_NAME: Place.SORT_KEY,
    Place.LIMIT: Place.AFTER_LIMIT,
}
_NAME_OF: Mapping[Place, Place] = {
    Place.FIRST_ITEM: Place.ITEM_NAME,
    Place.FIRST_DISTINCT_ITEM: Place.ITEM_NAME,
    Place.ITEM: Place.ITEM_NAME,
    Place.CONDITION: Place.CONDITION_NAME,
    Place.FIRST_SORT_KEY: Place.SORT_NAME,
    Place.SORT_KEY: Place.SORT_NAME,
}


@dataclass(frozen=True, slots=True)
class Automaton:
    """A state. `outer`: the clauses in which the inner queries around this place stand; `count`: items so far."""

    place: Place = Place.START
    clause: Keyword = Keyword.SELECT
    function: Keyword = Keyword.PLAIN
    count: int = 0
    outer: tuple[Keyword, ...] = ()

    def allowed(self) -> Allowed:
        """Returns what may come next."""
        return _allowed(self)

    def after(self, action: Action) -> "Automaton":
        """Returns the state that an allowed action leads to; of others nothing is promised."""
        return _pointed(self) if isinstance(action, Pointer) else _moved(self, action)

    def _names(self) -> Allowed:
        if self.function is Keyword.ALL:
            return _TABLE
        if self.function is Keyword.COUNT:
            return Allowed(targets=frozenset({Target.TABLE, Target.COLUMN}))
        return _COLUMN

    def _ending(self) -> frozenset[Keyword]:
        """Returns what may follow the clause that is open."""
        later = CLAUSES[CLAUSES.index(self.clause) + 1 :]
        ungrouped = self.clause in (Keyword.SELECT, Keyword.FROM, Keyword.WHERE)
        end = Keyword.CLOSE if self.outer else Keyword.END
        return frozenset({end, *SET_OPERATORS, *later}) - ({Keyword.HAVING} if ungrouped else set())


@lru_cache(maxsize=_MOST_REMEMBERED)
def _allowed(state: Automaton) -> Allowed:
    fixed = _FIXED.get(state.place)
    return fixed if fixed is not None else _OPEN[state.place](state)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _pointed(state: Automaton) -> Automaton:
    return replace(state, place=_AFTER_NAME[state.place], count=state.count + 1)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _moved(state: Automaton, action: Keyword) -> Automaton:
    if action in _CLAUSE_BEGINS:
        return replace(state, place=_CLAUSE_BEGINS[action], clause=action, count=0)
    if action in OPERANDS or action is Keyword.ALL:
        return replace(state, place=_NAME_OF[state.place], function=action)
    if action in OPERATORS:
        return replace(state, place=_right_side_of(action))
    match action:
        case Keyword.QUERY:
            return replace(state, place=Place.QUERY, outer=(*state.outer, state.clause))
        case Keyword.CLOSE:
            return replace(state, place=Place.AFTER_CONDITION, clause=state.outer[-1], outer=state.outer[:-1])
        case Keyword.AND | Keyword.OR:
            return replace(state, place=Place.CONDITION)
    return replace(state, place=_MOVES[action])


def _right_side_of(operator: Keyword) -> Place:
    if operator in ABSENCES:
        return Place.AFTER_CONDITION
    if operator in MEMBERSHIPS:
        return Place.INNER_QUERY
    if operator in PATTERNS:
        return Place.TEXT
    return Place.LOW if operator is Keyword.BETWEEN else Place.RIGHT_SIDE


_MOVES: Mapping[Keyword, Place] = {
    Keyword.DISTINCT: Place.FIRST_DISTINCT_ITEM,
    Keyword.COLUMN: Place.RIGHT_COLUMN,
    Keyword.ASCENDING: Place.AFTER_ORDER,
    Keyword.DESCENDING: Place.AFTER_ORDER,
    Keyword.UNION: Place.QUERY,
    Keyword.INTERSECT: Place.QUERY,
    Keyword.EXCEPT: Place.QUERY,
    Keyword.NOTHING: Place.NOTHING,
    Keyword.END: Place.DONE,
}
_OPEN: Mapping[Place, Callable[[Automaton], Allowed]] = {
    Place.ITEM: lambda a: Allowed(a._ending() | (_ITEMS if a.count < MOST_ITEMS else frozenset())),
    Place.ITEM_NAME: Automaton._names,
    Place.CONDITION_NAME: Automaton._names,
    Place.SORT_NAME: Automaton._names,
    Place.TABLE: lambda a: Allowed(a._ending(), frozenset({Target.TABLE})),
    Place.CONDITION: lambda a: Allowed(OPERANDS if a.clause is Keyword.HAVING else frozenset({Keyword.PLAIN})),
    Place.AFTER_CONDITION: lambda a: Allowed(a._ending() | {Keyword.AND, Keyword.OR}),
    Place.GROUP: lambda a: Allowed(a._ending(), frozenset({Target.COLUMN})),
    Place.SORT_KEY: lambda a: Allowed(
        frozenset({Keyword.ASCENDING, Keyword.DESCENDING}) | (OPERANDS if a.count < MOST_SORT_KEYS else frozenset())
    ),
    Place.AFTER_ORDER: lambda a: Allowed(a._ending()),
    Place.AFTER_LIMIT: lambda a: Allowed(a._ending()),
}
