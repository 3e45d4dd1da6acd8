"""From nodes to the numbers that the network reads."""

from collections.abc import Mapping, Sequence

import numpy as np

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.parser.arrays import Array, NodeInputs
from rowcall_sqlgen.parser.features import MOST_FEATURES, features
from rowcall_sqlgen.parser.nodes import Nodes
from rowcall_sqlgen.parser.relations import relations
from rowcall_sqlgen.parser.sentence_encoder import WIDTH, SentenceEncoder

UNKNOWN_FEATURE = 0


def network_inputs(
    nodes: Nodes,
    index: SchemaIndex,
    *,
    encoder: SentenceEncoder,
    feature_numbers: Mapping[str, int],
    along: Sequence[str] = (),
) -> NodeInputs:
    """Returns the inputs for one question, without padding. `along`: phrases that the encoder is to read as well."""
    numbers = np.zeros((len(nodes), MOST_FEATURES), np.int32)
    for at, known in enumerate(features(nodes, index)):
        numbers[at, : len(known)] = [feature_numbers.get(feature, UNKNOWN_FEATURE) for feature in known]
    return NodeInputs(
        vectors=_vectors(nodes, encoder, along),
        features=numbers,
        positions=_positions(nodes),
        relations=relations(nodes, index),
        present=np.ones(len(nodes), np.float32),
    )


def _vectors(nodes: Nodes, encoder: SentenceEncoder, along: Sequence[str]) -> Array:
    """Words in their sentence; names by their own words; values by the words that say them."""
    vectors = np.zeros((len(nodes), WIDTH), np.float32)
    if nodes.words:
        vectors[: nodes.first_table] = encoder.words([word.text for word in nodes.words], along=along)
    names = [*nodes.tables, *(ref.column for ref in nodes.columns)]
    vectors[nodes.first_table : nodes.first_value] = encoder.phrases([" ".join(spelled_words(name)) for name in names])
    for at, value in enumerate(nodes.values, nodes.first_value):
        if value.start < value.end:
            vectors[at] = vectors[value.start : value.end].mean(0)
    return vectors


def _positions(nodes: Nodes) -> "np.ndarray[tuple[int], np.dtype[np.int32]]":
    """Words are numbered from 1; a value stands where its first word does; 0 is nowhere."""
    positions = np.zeros(len(nodes), np.int32)
    positions[: nodes.first_table] = np.arange(1, nodes.first_table + 1)
    for at, value in enumerate(nodes.values, nodes.first_value):
        positions[at] = value.start + 1 if value.start < value.end else 0
    return positions
