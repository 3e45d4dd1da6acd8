"""The answer that a stored pair gives to a question, if any does."""

from collections.abc import Iterator

import structlog

from rowcall_contracts.candidates import Candidate, Generation
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.knowledge.misfit import misfit
from rowcall_sqlgen.knowledge.variants import may_vary, variant

NAME = "builtin"
VARIANTS_TRIED = 20
"""Closest pairs that are compared word by word; a pair that differs in values alone is among the very closest."""
VARIANT_CONFIDENCE = 0.95

_SAME = "The SQL is that of a stored pair with the same question."
_VARIANT = "The SQL is that of a stored pair, with the values of this question: `{question}`"

_log = structlog.get_logger()


def stored_answer(request: GenerationRequest) -> Generation | None:
    """Returns the SQL of a pair with the same question, else of one that differs in values alone.

    It is the only candidate: beside others it would lose to them when it finds no rows, which may be the right answer.
    A pair that was tried in an earlier round, or does not fit the catalog, is passed over; and all of them are where
    the question asks to change a statement.
    """
    if request.refining is not None:
        return None
    found = next(_same(request), None) or _variant(request)
    if found is None:
        return None
    return Generation(dialect=request.catalog.dialect, candidates=(found,), generator=NAME)


def _same(request: GenerationRequest) -> Iterator[Candidate]:
    for at in request.knowledge.book.same(request.question):
        pair = request.knowledge.pairs[at]
        if pair.connection in (None, request.connection_id) and _may_be_offered(pair.sql, at, request):
            yield _candidate(pair.sql, 1.0, _SAME, request)


def _variant(request: GenerationRequest) -> Candidate | None:
    """Returns nothing where two pairs would give different statements."""
    knowledge = request.knowledge
    found: dict[str, int] = {}
    for at, _ in knowledge.book.nearest(
        request.question, VARIANTS_TRIED, keep=knowledge.holds_for(request.connection_id)
    ):
        pair = knowledge.pairs[at]
        # The guard goes first: sqlglot logs the text of statements that it does not know.
        if may_vary(request.question, pair) and misfit(pair.sql, request.catalog) is None:
            sql = variant(request.question, pair, request.catalog)
            if sql and sql not in found and _may_be_offered(sql, at, request):
                found[sql] = at
    if len(found) != 1:
        return None
    [(sql, at)] = found.items()
    return _candidate(sql, VARIANT_CONFIDENCE, _VARIANT.format(question=knowledge.pairs[at].question), request)


def _may_be_offered(sql: str, at: int, request: GenerationRequest) -> bool:
    if any(tried.candidate.sql == sql for tried in request.feedback):
        return False
    reason = misfit(sql, request.catalog)
    if reason:
        _log.warning("stored_pair_ignored", pair=at + 1, connection=request.connection_id, reason=reason)
    return reason is None


def _candidate(sql: str, confidence: float, assumption: str, request: GenerationRequest) -> Candidate:
    return Candidate(
        sql=sql, confidence=confidence, assumptions=(assumption,), used_words=tuple(request.question.split())
    )
