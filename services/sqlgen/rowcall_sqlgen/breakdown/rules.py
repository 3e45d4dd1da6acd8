"""The rules that cut a text into questions, one after the other: lists, sentences, clauses, comparisons.

Where a rule is not sure that it keeps the meaning, the text stays whole: a question too many for one statement is
asked back, a question cut wrongly is answered wrongly.
"""

from dataclasses import replace

from rowcall_sqlgen.breakdown.carrying import Placed, carried, placed, with_shared_end
from rowcall_sqlgen.breakdown.clauses import clauses
from rowcall_sqlgen.breakdown.comparing import sides
from rowcall_sqlgen.breakdown.items import itemized
from rowcall_sqlgen.breakdown.quoting import is_maskable, masked, unmasked
from rowcall_sqlgen.breakdown.sentences import sentences, without_lead
from rowcall_sqlgen.breakdown.vocabulary import GROUPING, stands_alone

LONGEST_TEXT = 4_000
LONGEST_QUESTION = 1_000
"""Characters; six of them and their statements fit into a step's output."""


def cut_by_rules(text: str) -> tuple[str, ...]:
    """Returns the questions of a text in their order, each complete in itself; the text as it is when it asks one."""
    if len(text) > LONGEST_TEXT or not is_maskable(text):
        return (text,)
    hidden, quoted = masked(text)
    questions = _questions(hidden)
    if questions is None or len(questions) < 2 or not all(stands_alone(question) for question in questions):
        return (text,)
    found = tuple(dict.fromkeys(unmasked(question, quoted) for question in questions))
    return found if len(found) > 1 and all(len(each) <= LONGEST_QUESTION for each in found) else (text,)


def _questions(text: str) -> tuple[str, ...] | None:
    listed = itemized(text)
    pieces = listed.completed() if listed else sentences(text)
    if not pieces:
        return None
    found = carried([question for piece in pieces for question in _asked_in(piece)])
    if found is None:
        return None
    return tuple(
        replace(question, asked=side).text for question in found for side in sides(question.asked) or (question.asked,)
    )


def _asked_in(sentence: str) -> list[Placed]:
    """Returns the clauses of a sentence, each with the sentence's setting; one grouping in front asks one thing."""
    whole = placed(without_lead(sentence).strip(" ,."))
    if GROUPING.match(whole.setting):
        return [whole]
    found = with_shared_end(clauses(without_lead(whole.asked)))
    return [replace(whole, asked=clause) for clause in found]
