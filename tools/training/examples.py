"""Examples: the nodes of a question and the actions that write its gold query over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.actions import Action, Keyword, Pointer
from rowcall_sqlgen.parser.automaton import Automaton
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind, nodes
from tools.training.gold import Inexpressible, Literal, Symbol, TableName


@dataclass(frozen=True, slots=True)
class Example:
    """A question with its gold actions. `states`: the automaton's before each action."""

    question_id: str
    database: str
    index: SchemaIndex
    nodes: Nodes
    actions: tuple[Action, ...]
    states: tuple[Automaton, ...]


class Asked(NamedTuple):
    """A question of a set."""

    id: str
    database: str
    text: str


def example(asked: Asked, symbols: Sequence[Symbol], *, index: SchemaIndex, today: date) -> Example:
    """Points the symbols to nodes. Raises `Inexpressible` where one is missing among them."""
    wanted = frozenset(_wanted(symbols, index))
    found = nodes(words(asked.text), index, today, wanted=wanted)
    actions = tuple(_pointed(symbols, found))
    return Example(asked.id, asked.database, index, found, actions, tuple(_states(actions, found)))


def unanswerable(asked: Asked, *, index: SchemaIndex, today: date) -> Example:
    """Returns the example of a question that the database has no answer to."""
    actions = (Keyword.NOTHING, Keyword.END)
    found = nodes(words(asked.text), index, today)
    return Example(asked.id, asked.database, index, found, actions, tuple(_states(actions, found)))


def _wanted(symbols: Sequence[Symbol], index: SchemaIndex) -> Iterator[ColumnRef]:
    for symbol in symbols:
        if isinstance(symbol, ColumnRef):
            yield symbol
        elif isinstance(symbol, TableName):
            yield index.columns(symbol.table)[0]


def _pointed(symbols: Sequence[Symbol], found: Nodes) -> Iterator[Action]:
    column: ColumnRef | None = None
    for symbol in symbols:
        match symbol:
            case Keyword():
                yield symbol
            case TableName(table):
                yield _pointer(found.first_table, found.tables, table)
            case ColumnRef():
                column = symbol
                yield _pointer(found.first_column, found.columns, symbol)
            case Literal(value):
                yield Pointer(_value(found, value, column))


def _pointer(first: int, names: Sequence[str] | Sequence[ColumnRef], name: str | ColumnRef) -> Pointer:
    if name not in names:
        raise Inexpressible("a name that is no node")
    return Pointer(first + list(names).index(name))


def _value(found: Nodes, value: str | float, column: ColumnRef | None) -> int:
    fitting = [at for at, node in enumerate(found.values) if _same(node.value, value)]
    if not fitting:
        raise Inexpressible("a value that nobody said")

    def preference(at: int) -> tuple[bool, bool, bool]:
        node = found.values[at]
        return (node.column == column and column is not None, node.column is None, node.kind is not ValueKind.ONE)

    return found.first_value + max(fitting, key=preference)


def _same(one: str | float, other: str | float) -> bool:
    if str(one).strip().lower() == str(other).strip().lower():
        return True
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def _states(actions: Sequence[Action], found: Nodes) -> Iterator[Automaton]:
    state = Automaton()
    for action in actions:
        allowed = state.allowed()
        target = found.target(action.node) if isinstance(action, Pointer) else None
        if target not in allowed.targets and action not in allowed.keywords:
            raise Inexpressible(f"{action} at {state.place}")
        yield state
        state = state.after(action)
