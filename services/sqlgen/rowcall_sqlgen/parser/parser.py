"""The semantic parser as a whole: a question and an index in, queries with their probabilities out."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Query
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.actions import Keyword
from rowcall_sqlgen.parser.features import LEMMA
from rowcall_sqlgen.parser.inputs import network_inputs
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.nodes import Nodes
from rowcall_sqlgen.parser.reading import Unreadable, read_query
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import SentenceEncoder
from rowcall_sqlgen.parser.stepping import ParserNetwork, Stepper
from rowcall_sqlgen.parser.typing_rules import Types
from rowcall_sqlgen.parser.weights import Trained


@dataclass(frozen=True, slots=True)
class Parsed:
    """A query that the question may ask for. `probability`: by the network, 0..1."""

    query: Query
    probability: float


@dataclass(frozen=True, slots=True)
class Parses:
    """All queries that were found, likeliest first. `nothing`: how likely the data does not hold what is asked for."""

    nodes: Nodes
    found: tuple[Parsed, ...] = ()
    nothing: float = 1.0


class SemanticParser:
    """A trained network and what it needs to read questions. Not thread-safe."""

    def __init__(self, trained: Trained, encoder: SentenceEncoder, search: Search) -> None:
        self._network = ParserNetwork(trained)
        self._features = trained.features
        self._encoder = encoder
        self._search = search

    def parse(self, found: Nodes, index: SchemaIndex, *, joins: JoinTrees, along: Sequence[str] = ()) -> Parses:
        """Returns the queries that the question of the nodes may ask for, each once.

        `along`: texts whose likenesses will be asked for.
        """
        if not found.words or not found.tables:
            return Parses(found)
        return self._parsed(found, index, joins, along)

    def is_common(self, word: Word) -> bool:
        """Says whether questions about several of the databases trained on use the word, whatever they are about."""
        return LEMMA + word.lemma in self._features

    def likenesses(self, text: str, others: Sequence[str]) -> list[float]:
        """Returns how close a text's meaning comes to that of each of the others: cosines, 1 for the same text."""
        if not others:
            return []
        vectors = np.array(self._encoder.phrases([text, *others]))
        units = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return [float(cosine) for cosine in units[1:] @ units[0]]

    def _parsed(self, found: Nodes, index: SchemaIndex, joins: JoinTrees, along: Sequence[str]) -> Parses:
        inputs = network_inputs(found, index, encoder=self._encoder, feature_numbers=self._features, along=along)
        parsed: dict[Query, float] = defaultdict(float)
        nothing = 0.0
        for parse in self._search.run(Stepper(self._network, inputs), Types(found, index)):
            probability = math.exp(parse.log_probability)
            if parse.actions[0] is Keyword.NOTHING:
                nothing += probability
                continue
            try:
                parsed[read_query(parse.actions, found, joins)] += probability
            except Unreadable:
                continue
        ranked = sorted(parsed.items(), key=lambda each: -each[1])
        return Parses(found, tuple(Parsed(*each) for each in ranked), nothing)
