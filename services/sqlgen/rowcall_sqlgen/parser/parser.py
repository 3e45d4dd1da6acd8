"""The semantic parser as a whole: a question and an index in, queries with their probabilities out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Query
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.actions import Action
from rowcall_sqlgen.parser.inputs import network_inputs
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.network import Network
from rowcall_sqlgen.parser.nodes import Nodes, nodes
from rowcall_sqlgen.parser.reading import Unreadable, read_query
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import SentenceEncoder
from rowcall_sqlgen.parser.stepping import Stepper
from rowcall_sqlgen.parser.typing_rules import Types
from rowcall_sqlgen.parser.weights import Trained


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query that the question may ask for. `probability`: by the network, 0..1."""

    query: Query
    actions: tuple[Action, ...]
    nodes: Nodes
    probability: float


class SemanticParser:
    """A trained network and what it needs to read questions. Not thread-safe."""

    def __init__(self, trained: Trained, encoder: SentenceEncoder, search: Search) -> None:
        self._network = Network(trained.shape, trained.weights)
        self._features = trained.features
        self._encoder = encoder
        self._search = search

    def parse(
        self, question: Sequence[Word], index: SchemaIndex, *, joins: JoinTrees, today: date
    ) -> tuple[Parsed, ...]:
        """Returns queries, likeliest first, each once."""
        found = nodes(question, index, today)
        if not found.words or not found.tables:
            return ()
        inputs = network_inputs(found, index, encoder=self._encoder, feature_numbers=self._features)
        parsed: dict[Query, Parsed] = {}
        for parse in self._search.run(Stepper(self._network, inputs), Types(found, index)):
            try:
                query = read_query(parse.actions, found, joins)
            except Unreadable:
                continue
            parsed.setdefault(query, Parsed(query, parse.actions, found, math.exp(parse.log_probability)))
        return tuple(parsed.values())
