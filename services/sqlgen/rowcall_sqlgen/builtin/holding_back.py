"""When no proposal is shown: too little is likely to be right, or too much of the question is left out."""

from collections.abc import Sequence

from rowcall_contracts.candidates import Clarification, ClarificationKind
from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.evidence import PERIODS_PASSED_OVER, Understanding
from rowcall_sqlgen.builtin.grammar_answer import doubt
from rowcall_sqlgen.builtin.unexplained import unexplained
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.problems import NoOrder, NoWay, SeveralDates, SeveralWays
from rowcall_sqlgen.engine.refusal import no_reading

LEAST_TRUST = 0.15
"""Below this a proposal is not shown: a refusal helps more."""
LEAST_TRUST_OF_STRANGE_WORDS = 0.25
"""The same where a word of the question is like nothing that the proposal reads, or the grammar lacks a rule."""
LEAST_TRUST_OF_NEW_WORDS = 0.5
"""And where that word says what this question alone is about."""
NEVER = 1.0
"""Where a text in quotes, a stored value or a period is left out: the answer would be one to another question."""
SURE = 0.5
"""From here on the best proposal is given even where the grammar would ask back."""
TRUST_IN_GRAMMAR = 0.45
"""Of good readings of the grammar where trust said less: enough to ask nothing back. 44 of 100 were right."""

_IN_THE_DATA = (NoWay, SeveralWays, SeveralDates, NoOrder)
"""What the grammar misses in the data or in the question, and not among its rules."""


def doubted(understood: Understanding, ranked: Sequence[Trusted], index: SchemaIndex) -> Clarification | None:
    """Refuses what is hardly right; asks back where the grammar sees several readings and none stands out."""
    best = ranked[0].probability if ranked else 0.0
    least = least_trust(ranked[0]) if ranked else NEVER
    sure = TRUST_IN_GRAMMAR if ranked and ranked[0].proposal.reading else SURE
    if best >= max(sure, least):
        return None
    clarification = doubt(understood.readings, understood.question, index)
    if best >= least:
        return clarification if clarification and clarification.kind is ClarificationKind.AMBIGUOUS else None
    return clarification or no_reading(understood.readings.cut, understood.question, None, index=index)


def least_trust(trusted: Trusted) -> float:
    """Returns how likely the proposal must be right to be shown; words left out of account raise this, and so does
    a grammar that knows every word and sees that the data does not connect them, or a question for reasons.
    """
    if trusted.proposal.reading:
        return LEAST_TRUST
    understood = trusted.understood
    if trusted.evidence["quotes passed over"] or trusted.evidence[PERIODS_PASSED_OVER]:
        return NEVER
    if understood.question[0].lower == "why" or isinstance(understood.readings.problem, _IN_THE_DATA):
        return SURE
    left = unexplained(trusted.proposal, understood)
    if left.values:
        return NEVER
    if left.new:
        return LEAST_TRUST_OF_NEW_WORDS
    return LEAST_TRUST_OF_STRANGE_WORDS if left.words or understood.readings.problem else LEAST_TRUST
