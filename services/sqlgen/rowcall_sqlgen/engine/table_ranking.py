"""Which tables of a large schema a question needs, by the words of names, stored values and keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.table_evidence import evidence
from rowcall_sqlgen.engine.table_words import Floats, TableWords
from rowcall_sqlgen.engine.words import Word

MOST_WORDS = 400
"""Words of a question that are looked at."""
MOST_CHOSEN = 24
"""Tables that are chosen one by one, each in the light of those before; the others follow by their scores."""

# Set by hand on the databases of the fold `fit`, merged into one catalog by evaluate/warehouse.py.
_CONTEXT = 0.8
_NEARNESS = 0.5  # what is left of a word's strength one key further on
_HOPS = 2
_JOINED = 0.5


@dataclass(frozen=True, slots=True)
class Scores:
    """By table: `own` is what the question says of it; `total` also what it says of the tables that keys join to it."""

    own: Floats
    total: Floats


def ranked_tables(question: Sequence[Word], index: SchemaIndex) -> dict[str, float]:
    """Returns the tables that the question says anything about, directly or over a key, those that it needs first.

    With each stands what the question says of the table itself, 0 upwards. Tables are chosen one by one, and each
    lifts those that it is joined with: a bridge between two named tables comes before the fifth of a common name.
    """
    if not index.tables:
        return {}
    scores = _scores(evidence(question[:MOST_WORDS], index), index.table_words)
    by_total = (int(at) for at in np.argsort(-scores.total, kind="stable") if scores.total[at] > 0)
    order = dict.fromkeys([*_chosen(scores, index.table_words), *by_total])
    names = tuple(index.tables)
    return {names[at]: float(scores.own[at]) for at in order}


def _scores(said: Floats, known: TableWords) -> Scores:
    own = said.sum(axis=1)
    around = said
    for _ in range(_HOPS):
        further = around.copy()
        np.maximum.at(further, known.near, _NEARNESS * around[known.far])
        around = further
    return Scores(own, own + np.float32(_CONTEXT) * around.sum(axis=1))


def _chosen(scores: Scores, known: TableWords) -> Iterator[int]:
    left = scores.total.copy()
    joined = np.zeros_like(left)
    for _ in range(min(MOST_CHOSEN, len(left))):
        best = int(np.argmax(left + joined))
        if left[best] <= 0:
            return
        yield best
        neighbours = known.far[known.near == best]
        joined[neighbours] = np.maximum(joined[neighbours], _JOINED * scores.own[best])
        left[best] = -np.inf
