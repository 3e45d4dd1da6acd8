"""How much a reading is to be trusted: how well its words were linked, and how much had to be supplied."""

from collections.abc import Sequence
from itertools import pairwise

from rowcall_sqlgen.engine.linking import Option, Span
from rowcall_sqlgen.engine.meaning import Meaning, Membership, Not, Predicate

_JOIN_COST = 0.03
_MEMBERSHIP_COST = 0.04
_VERB_COST = 0.03
_CALIBRATION = ((0.5, 0.2), (0.8, 0.45), (0.9, 0.62), (0.95, 0.76), (0.98, 0.87), (1.0, 0.93))
"""Score and share of right answers; measured on Spider's training databases, a crude line between the points."""


def score(meaning: Meaning, spans: Sequence[Span], interpretation: Sequence[Option]) -> float:
    """Returns 0..1: the mean link quality by words, less a cost for joins, inner queries and words passed over."""
    quality = link_quality(spans, interpretation)
    verbs = sum(span.light for span in spans)
    cost = _JOIN_COST * len(meaning.joins) + _VERB_COST * verbs + _MEMBERSHIP_COST * _memberships(meaning.where)
    return max(0.0, min(1.0, quality) - cost)


def link_quality(spans: Sequence[Span], interpretation: Sequence[Option]) -> float:
    """Returns the mean quality of the links, weighted by their words."""
    weights = [span.end - span.start for span in spans if span.options]
    total = sum(weight * option.quality for weight, option in zip(weights, interpretation, strict=True))
    return total / sum(weights) if weights else 0.0


def _memberships(predicates: Sequence[Predicate]) -> int:
    found = 0
    for predicate in predicates:
        inner = predicate.predicate if isinstance(predicate, Not) else predicate
        if isinstance(inner, Membership):
            found += 1 + (len(inner.inner.joins) if isinstance(inner.inner, Meaning) else 0)
    return found


def confidence(found: float) -> float:
    """Returns how often readings of such a score were right on the open development questions, roughly."""
    for (low, sure_low), (high, sure_high) in pairwise(_CALIBRATION):
        if found <= high:
            share = max(0.0, (found - low) / (high - low))
            return sure_low + share * (sure_high - sure_low)
    return _CALIBRATION[-1][1]
