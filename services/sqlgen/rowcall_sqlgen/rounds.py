"""What earlier rounds of a question say to the next one."""

from collections.abc import Sequence

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus
from rowcall_sqlgen.generator import Tried

_FAILED = Outcome(status=OutcomeStatus.ERROR)


def feedback_of(
    before: Sequence[str], candidates: Sequence[Candidate], outcomes: Sequence[Outcome]
) -> tuple[Tried, ...]:
    """Returns what became of the last round's candidates; of those `before` it, the statements alone.

    A statement that was skipped, because the time was spent before its turn, has not been tried.
    """
    former = (Tried(Candidate(sql=sql, confidence=0.0), _FAILED) for sql in before)
    pairs = (Tried(*pair) for pair in zip(candidates, outcomes, strict=True))
    return (*former, *(tried for tried in pairs if tried.outcome.status is not OutcomeStatus.SKIPPED))
