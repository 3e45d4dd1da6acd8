"""The grammar's answer to a question, without the semantic parser: ranked candidates, a question back, or a refusal."""

from collections.abc import Callable, Sequence
from datetime import date

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Clarification, Generation
from rowcall_sqlgen.engine.assumptions import assumptions
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import is_stop_word
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.ranking import confidence
from rowcall_sqlgen.engine.reading import Reading, Readings, readings
from rowcall_sqlgen.engine.refusal import ambiguous, no_reading, nothing_asked, reading_only, too_long, unknown_words
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.vocabulary import CHANGING_VERBS
from rowcall_sqlgen.engine.words import Word, words

NAME = "builtin"
LONGEST_QUESTION_WORDS = 80
LEAST_SCORE = 0.6
"""Readings below this were wrong more often than right on the open development questions."""
_TIED_SCORE = 0.02
_TIED_QUALITY = 0.02


def answer(
    text: str,
    index: SchemaIndex,
    today: date,
    *,
    may_offer: Callable[[str], bool] = lambda _: True,
) -> Generation:
    """Answers from the index alone. `may_offer`: not what was tried before, nor what the guard refuses."""
    question = words(text)
    hopeless = no_question(question, index)
    if hopeless:
        return clarified(hopeless, index)
    understood = readings(question, index, today)
    clarification = doubt(understood, question, index)
    if clarification:
        return clarified(clarification, index)
    return read_answer(understood, question, index, may_offer=may_offer)


def read_answer(
    understood: Readings, question: Sequence[Word], index: SchemaIndex, *, may_offer: Callable[[str], bool]
) -> Generation:
    """Returns the readings as candidates, those that `may_offer` lets through."""
    candidates = _candidates(understood.found, question, index, may_offer=may_offer)
    if not candidates:
        return clarified(no_reading(understood.cut, question, None, index=index), index)
    return Generation(dialect=index.dialect, candidates=candidates, generator=NAME)


def no_question(question: Sequence[Word], index: SchemaIndex) -> Clarification | None:
    """Returns what to say of a question that is too long to be read, asks nothing or wants data changed."""
    if len(question) > LONGEST_QUESTION_WORDS:
        return too_long(index, LONGEST_QUESTION_WORDS)
    if all(is_stop_word(word) for word in question):
        return nothing_asked(index)
    return reading_only(question[0], index) if question[0].lower in CHANGING_VERBS else None


def doubt(understood: Readings, question: Sequence[Word], index: SchemaIndex) -> Clarification | None:
    """Returns what keeps the grammar from an answer, if anything does."""
    good = [reading for reading in understood.found if reading.score >= LEAST_SCORE]
    if understood.cut.unknown and not good:
        return unknown_words(understood.cut, question, index)
    if understood.problem or not good:
        return no_reading(understood.cut, question, understood.problem, index=index)
    tied = [reading for reading in good[1:] if _rival(reading, good[0])]
    return ambiguous([good[0], *tied], question) if tied else None


def _rival(reading: Reading, best: Reading) -> bool:
    """Says whether two readings differ only in what some words name, and name it equally well."""
    if reading.spans != best.spans or reading.score < best.score - _TIED_SCORE:
        return False
    pairs = [(a, b) for a, b in zip(reading.interpretation, best.interpretation, strict=True) if a != b]
    same_kind = all(type(one.mark) is type(other.mark) for one, other in pairs)
    return same_kind and sum(abs(one.quality - other.quality) for one, other in pairs) < _TIED_QUALITY


def _candidates(
    found: Sequence[Reading], question: Sequence[Word], index: SchemaIndex, *, may_offer: Callable[[str], bool]
) -> tuple[Candidate, ...]:
    candidates: dict[str, Candidate] = {}
    for reading in found:
        if reading.score < LEAST_SCORE or len(candidates) == MAX_CANDIDATES:
            break
        sql = write_sql(presented(reading.meaning, index), index.dialect, index.tables)
        if sql not in candidates and may_offer(sql):
            candidates[sql] = Candidate(
                sql=sql,
                confidence=round(confidence(reading.score), 3),
                assumptions=assumptions(reading, question),
                used_words=tuple(word.text for span in reading.spans for word in question[span.start : span.end]),
            )
    return tuple(candidates.values())


def clarified(clarification: Clarification, index: SchemaIndex) -> Generation:
    """Returns a generation without candidates."""
    return Generation(dialect=index.dialect, clarification=clarification, generator=NAME)
