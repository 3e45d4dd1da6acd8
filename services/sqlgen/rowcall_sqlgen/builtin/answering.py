"""The whole answer to a question: the grammar and the parser propose, trust ranks and says when to keep silent."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Clarification, ClarificationKind, Generation
from rowcall_sqlgen.builtin.composing import Composer, Trusted
from rowcall_sqlgen.builtin.evidence import Understanding, weigh
from rowcall_sqlgen.builtin.grammar_answer import NAME, clarified, doubt, no_question, read_answer
from rowcall_sqlgen.builtin.join_hints import join_hints
from rowcall_sqlgen.builtin.proposals import propose
from rowcall_sqlgen.builtin.ratios.ratios import ratios
from rowcall_sqlgen.builtin.returns.returns import returns
from rowcall_sqlgen.builtin.times.durations import durations
from rowcall_sqlgen.builtin.times.time_frames import time_frames
from rowcall_sqlgen.builtin.trust import Trust
from rowcall_sqlgen.builtin.wording import assumptions_of, used_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.reading import Readings, readings
from rowcall_sqlgen.engine.refusal import no_reading
from rowcall_sqlgen.engine.vocabulary import QUESTION_WORDS, STOP_WORDS
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.parser import SemanticParser

LEAST_TRUST = 0.25
"""Below this a proposal is not shown: a refusal helps more."""
LEAST_TRUST_OF_STRANGE_WORDS = 0.33
"""The same where a word of the question is like nothing that the proposal reads."""
LEAST_TRUST_OF_NEW_WORDS = 0.4
"""And where that word says what this question alone is about."""
LEAST_SHARE = 0.25
"""Of the best proposal's probability: one below it would only be taken where the best one rightly has no rows."""
SURE = 0.5
"""From here on the best proposal is given even where the grammar would ask back."""
READ_WELL = 0.92
"""Readings of the grammar from this score on were right in 9 of 10 questions about databases not trained on."""
TRUST_IN_GRAMMAR = 0.6
"""Of those where the parser said otherwise."""
READ_PERFECTLY = 0.985
"""From here on 85 of 88 were, and the parser is not asked: it costs ten times as much and was right less often."""
PARSER_SURE = 0.985
"""Probability from which the parser's word counts for more than a good reading of a sentence. Keywords without a
sentence, as in `flights per carrier`, are not what it was trained on."""


MOST_PARTS = 3
"""How deep a question may contain others."""
_FOR_EACH = words("for each")
COMPOSERS: tuple[Composer, ...] = (join_hints, returns, durations, ratios, time_frames)


class Answering:
    """Reads questions with a trained parser. Not thread-safe."""

    def __init__(self, parser: SemanticParser, trust: Trust) -> None:
        self._parser = parser
        self._trust = trust

    def understand(
        self, question: tuple[Word, ...], read: Readings, index: SchemaIndex, *, today: date
    ) -> Understanding:
        """Returns all that the grammar, which has `read` the question, and the parser make of it."""
        joins = JoinTrees(index.tables, index.graph)
        parses = self._parser.parse(question, index, joins=joins, today=today)
        proposals = propose(read.found, parses.found, index)
        return Understanding(question, read, parses, proposals, self._parser.likeness, self._parser.is_common)

    def answer(
        self,
        text: str,
        index: SchemaIndex,
        today: date,
        *,
        tried: frozenset[str] = frozenset(),
        allows: Callable[[str], bool] = lambda _: True,
    ) -> Generation:
        """Answers from the index alone. `tried`: SQL of earlier rounds, not offered again; `allows`: the guard."""
        question = _with_each(words(text), index)
        hopeless = no_question(question, index)
        if hopeless:
            return clarified(hopeless, index)
        read = readings(question, index, today)
        if read.found and read.found[0].score >= READ_PERFECTLY and not doubt(read, question, index):
            return read_answer(read, question, index, offered=lambda sql: sql not in tried and allows(sql))
        ranked = self._composed(question, index, today, parts=1)
        if ranked and ranked[0].probability >= _least_trust(ranked[0]):
            return _offered(ranked, index, tried=tried, allows=allows)
        understood = self.understand(question, read, index, today=today)
        ranked = self._ranked(understood)
        clarification = _doubt(understood, ranked, index)
        return clarified(clarification, index) if clarification else _offered(ranked, index, tried=tried, allows=allows)

    def _composed(
        self, question: tuple[Word, ...], index: SchemaIndex, today: date, *, parts: int
    ) -> Sequence[Trusted]:
        """Returns what answers of the questions inside this one make, if it contains any."""

        def ask(part: tuple[Word, ...]) -> Sequence[Trusted]:
            composed = self._composed(part, index, today, parts=parts + 1) if parts < MOST_PARTS else ()
            return composed or self._ranked(self.understand(part, readings(part, index, today), index, today=today))

        found = (composer(question, index, today=today, ask=ask) for composer in COMPOSERS)
        return next(filter(None, found), ())

    def _ranked(self, understood: Understanding) -> list[Trusted]:
        pairs = zip(understood.proposals, weigh(understood), strict=True)
        trusted = [
            Trusted(proposal, self._trust.probability(evidence), evidence, understood) for proposal, evidence in pairs
        ]
        return _grammar_first(sorted(trusted, key=lambda each: -each.probability), understood)


def _with_each(question: tuple[Word, ...], index: SchemaIndex) -> tuple[Word, ...]:
    """Says `for each` instead of `per`, which the parser's training questions hardly ever say."""
    if any("per" in bag for bag in index.phrases):
        return question
    return tuple(said for word in question for said in (_FOR_EACH if word.lower == "per" else (word,)))


def _offered(
    ranked: Sequence[Trusted], index: SchemaIndex, *, tried: frozenset[str], allows: Callable[[str], bool]
) -> Generation:
    offered = [each for each in ranked if each.proposal.sql not in tried and allows(each.proposal.sql)]
    if not offered:
        understood = ranked[0].understood
        return clarified(no_reading(understood.readings.cut, understood.question, None, index=index), index)
    least = offered[0].probability * LEAST_SHARE
    likely = [each for each in offered[:MAX_CANDIDATES] if each.probability >= least]
    candidates = tuple(_candidate(each) for each in likely)
    return Generation(dialect=index.dialect, candidates=candidates, generator=NAME)


def _grammar_first(ranked: list[Trusted], understood: Understanding) -> list[Trusted]:
    """Puts a good reading of the grammar before what the parser is not sure of."""
    best = understood.readings.found[:1]
    parser_sure = any(parsed.probability >= PARSER_SURE for parsed in understood.parses.found)
    if (
        (parser_sure and _is_sentence(understood.question))
        or not best
        or best[0].score < READ_WELL
        or understood.readings.problem
    ):
        return ranked
    at = next(at for at, each in enumerate(ranked) if each.proposal.reading == best[0])
    probability = max(ranked[0].probability, TRUST_IN_GRAMMAR)
    return [replace(ranked[at], probability=probability), *ranked[:at], *ranked[at + 1 :]]


def _is_sentence(question: Sequence[Word]) -> bool:
    return question[0].lower in QUESTION_WORDS or question[0].lower in STOP_WORDS


def _doubt(understood: Understanding, ranked: Sequence[Trusted], index: SchemaIndex) -> Clarification | None:
    """Refuses what is hardly right; asks back where the grammar sees several readings and none stands out."""
    best = ranked[0].probability if ranked else 0.0
    if best >= SURE:
        return None
    clarification = doubt(understood.readings, understood.question, index)
    if best >= (_least_trust(ranked[0]) if ranked else 1.0):
        return clarification if clarification and clarification.kind is ClarificationKind.AMBIGUOUS else None
    return clarification or no_reading(understood.readings.cut, understood.question, None, index=index)


def _least_trust(trusted: Trusted) -> float:
    """Returns how likely the proposal must be right to be shown; words left out of account raise this, and so does
    a grammar that knows every word and sees that the data does not connect them, or a question for reasons.
    """
    if trusted.proposal.reading:
        return LEAST_TRUST
    understood = trusted.understood
    is_reason = understood.question[0].lower == "why"
    if is_reason or trusted.evidence["quotes passed over"] or understood.readings.problem:
        return SURE
    if trusted.evidence["strange new words"]:
        return LEAST_TRUST_OF_NEW_WORDS
    return LEAST_TRUST_OF_STRANGE_WORDS if trusted.evidence["strange words"] else LEAST_TRUST


def _candidate(trusted: Trusted) -> Candidate:
    proposal, understood = trusted.proposal, trusted.understood
    return Candidate(
        sql=proposal.sql,
        confidence=round(trusted.probability, 3),
        assumptions=(*assumptions_of(proposal, understood), *trusted.notes),
        used_words=(*used_words(proposal, understood), *trusted.said),
    )
