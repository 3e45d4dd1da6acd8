"""The search over an untrained network: whatever it finds obeys the language, the types and the guard."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib.resources import as_file

import numpy as np
import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.builtin.trained import FOLDER, PARSER
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.parser.actions import KEYWORDS, Action, Keyword, Pointer
from rowcall_sqlgen.parser.arrays import NodeInputs
from rowcall_sqlgen.parser.automaton import Automaton
from rowcall_sqlgen.parser.features import MOST_FEATURES
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.nodes import Nodes, nodes
from rowcall_sqlgen.parser.reading import Unreadable, read_query
from rowcall_sqlgen.parser.relations import relations
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import WIDTH
from rowcall_sqlgen.parser.stepping import ParserNetwork, Stepper, history
from rowcall_sqlgen.parser.typing_rules import Types
from rowcall_sqlgen.parser.weights import Trained, load
from rowcall_sqlguard import check
from tools.training.network import Network, initial_weights

QUESTIONS = [
    "last names of students older than 19 who take Logic",
    'How many pets of kind "dog" does each student have?',
    "average credits of courses",
]


@pytest.fixture(scope="module")
def trained() -> Trained:
    with as_file(FOLDER / PARSER) as file:
        return load(file)


def untrained(trained: Trained, seed: int) -> Trained:
    """Large random weights, so that the scores differ."""
    weights = initial_weights(trained.shape, np.random.default_rng(seed))
    return replace(trained, weights={name: weight * 2 for name, weight in weights.items()})


def inputs(found: Nodes, index: SchemaIndex, seed: int) -> NodeInputs:
    random = np.random.default_rng(seed)
    return NodeInputs(
        vectors=random.standard_normal((len(found), WIDTH)).astype(np.float32),
        features=np.ones((len(found), MOST_FEATURES), np.int32),
        positions=np.zeros(len(found), np.int32),
        relations=relations(found, index),
        present=np.ones(len(found), np.float32),
    )


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("seed", range(5))
def test_every_parse_is_a_harmless_query_that_runs(
    question: str, seed: int, trained: Trained, index: SchemaIndex, data: sqlite3.Connection, today: date
) -> None:
    found = nodes(words(question), index, today)
    parses = Search(width=6, most_parses=6, most_actions=40).run(
        Stepper(ParserNetwork(untrained(trained, seed)), inputs(found, index, seed)), Types(found, index)
    )

    assert parses
    assert [p.log_probability for p in parses] == sorted((p.log_probability for p in parses), reverse=True)
    for parse in parses:
        require_obeyed(parse.actions, found)
        try:
            query = read_query(parse.actions, found, JoinTrees(index.tables, index.graph))
        except Unreadable:
            continue
        written = write_sql(query, Dialect.SQLITE, index.tables)
        assert check(written, dialect=Dialect.SQLITE).allowed, written


def require_obeyed(actions: Sequence[Action], found: Nodes) -> None:
    """Asserts that each action was allowed where it stands, and that the last one ends the query."""
    state = Automaton()
    for action in actions:
        allowed = state.allowed()
        if isinstance(action, Pointer):
            assert found.target(action.node) in allowed.targets, (state, action)
        else:
            assert action in allowed.keywords, (state, action)
        state = state.after(action)
    assert actions[-1] is Keyword.END


def test_one_step_at_a_time_scores_as_all_steps_at_once(trained: Trained, index: SchemaIndex, today: date) -> None:
    """Training sees whole sequences by the network's definition, use sees one action after the other by its graphs."""
    found = nodes(words(QUESTIONS[0]), index, today)
    read = inputs(found, index, 1)
    net = Network(trained.shape, trained.weights)
    name = Pointer(found.first_column + 1)
    actions: tuple[Action, ...] = (Keyword.SELECT, Keyword.PLAIN, name, Keyword.ORDER, Keyword.COUNT)
    states = [Automaton()]
    for action in actions:
        states.append(states[-1].after(action))
    places = [state.place for state in states]
    late: tuple[Action, ...] = (Keyword.BEGIN, *actions)
    whole = net.decode(net.encode(read), read.present, history(late, places))

    stepper = Stepper(ParserNetwork(trained), read)
    memory = stepper.start()
    for at, (action, place) in enumerate(zip(late, places, strict=True)):
        scores, memory = stepper.step([action, action], [place, place], memory=memory, rows=[0, 0])
        assert np.abs(scores - whole[at]).max() < 1e-4


def test_a_sum_is_only_taken_of_numbers(index: SchemaIndex, today: date) -> None:
    found = nodes(words(QUESTIONS[0]), index, today)
    state = Automaton().after(Keyword.SELECT).after(Keyword.SUM)
    allowed = Types(found, index).allowed(state, None)[len(KEYWORDS) :]

    summed = {ref.column for at, ref in enumerate(found.columns, found.first_column) if allowed[at]}
    assert {"age", "credits"} <= summed
    assert not summed & {"title", "stu_lname", "kind"}


def test_a_stored_value_is_only_compared_with_its_column(index: SchemaIndex, today: date) -> None:
    found = nodes(words(QUESTIONS[0]), index, today)
    title = next(at for at, ref in enumerate(found.columns, found.first_column) if ref.column == "title")
    kind = next(at for at, ref in enumerate(found.columns, found.first_column) if ref.column == "kind")
    begun = (Keyword.SELECT, Keyword.PLAIN, Pointer(title), Keyword.WHERE, Keyword.PLAIN)
    logic = len(KEYWORDS) + next(
        at for at, value in enumerate(found.values, found.first_value) if value.value == "Logic" and value.column
    )

    for column, comparable in ((title, True), (kind, False)):
        state = Automaton()
        for action in (*begun, Pointer(column), Keyword.EQ):
            state = state.after(action)
        assert bool(Types(found, index).allowed(state, column)[logic]) is comparable
