"""The whole answer to a question: the grammar and the parser propose, trust ranks and says when to keep silent."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice, pairwise

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Generation
from rowcall_sqlgen.builtin.column_wording import in_its_words, in_their_words
from rowcall_sqlgen.builtin.composing import Composer, Trusted
from rowcall_sqlgen.builtin.contrasts import contrasts
from rowcall_sqlgen.builtin.courses import courses
from rowcall_sqlgen.builtin.every_value import each_value_once, for_every_value
from rowcall_sqlgen.builtin.evidence import PERIODS_PASSED_OVER, Understanding, content_words, weigh
from rowcall_sqlgen.builtin.grammar_answer import NAME, clarified, doubt, no_question, read_answer
from rowcall_sqlgen.builtin.group_numbers import group_numbers
from rowcall_sqlgen.builtin.holding_back import TRUST_IN_GRAMMAR, doubted, least_trust
from rowcall_sqlgen.builtin.join_hints import join_hints
from rowcall_sqlgen.builtin.ordering import ordering
from rowcall_sqlgen.builtin.ordinals import ordinals
from rowcall_sqlgen.builtin.parent_keys import at_parents
from rowcall_sqlgen.builtin.plausibility import plausible
from rowcall_sqlgen.builtin.precedents import Precedents
from rowcall_sqlgen.builtin.proposals import possible, propose, without_others
from rowcall_sqlgen.builtin.query_shape import is_contradictory
from rowcall_sqlgen.builtin.ratios.ratios import ratios
from rowcall_sqlgen.builtin.returns.returns import returns
from rowcall_sqlgen.builtin.rewording import money_read, reworded
from rowcall_sqlgen.builtin.said_units import in_their_units
from rowcall_sqlgen.builtin.shared_columns import sharing
from rowcall_sqlgen.builtin.shown_names import shown_in_proposal, shown_in_readings
from rowcall_sqlgen.builtin.times.durations import durations
from rowcall_sqlgen.builtin.times.time_frames import time_frames
from rowcall_sqlgen.builtin.trust import Trust
from rowcall_sqlgen.builtin.unmet_words import says_only
from rowcall_sqlgen.builtin.wording import assumptions_of, used_words
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.reading import Readings, readings
from rowcall_sqlgen.engine.refusal import no_reading
from rowcall_sqlgen.engine.vocabulary import QUESTION_WORDS, STOP_WORDS
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.knowledge.model import Pair
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.nodes import nodes
from rowcall_sqlgen.parser.parser import Parses, SemanticParser

LEAST_SHARE = 0.25
"""Of the best proposal's probability: one below it would only be taken where the best one rightly has no rows."""
READ_WELL = 0.95
"""Readings of the grammar from this score on were right as often as what trust preferred to them, and they are what a
question in few words means."""
KEYWORDS_READ_WELL = 0.85
"""The same of keywords without a sentence: the parser was not trained on any."""
PARSER_SURE = 0.985
"""Probability from which the parser's word counts for more than a good reading of a sentence. Keywords without a
sentence, as in `flights per carrier`, are not what it was trained on."""
READ_PERFECTLY = 0.985
"""Of readings of the grammar from this score on, 85 of 88 were right about databases not trained on: the parser is not
asked, which costs ten times as much and was right less often."""
TRUST_IN_PERFECT_READING = 0.95
"""Of a question inside another one; 85 of 88 whole questions."""
TRUST_IN_PRECEDENT = 0.9
"""Of the statement of a stored pair that asks nearly the same, where the statement is among the proposals."""

MOST_LIKENED = 40
"""Words of a question whose likenesses are prepared while it is parsed; few questions are longer."""
_ENDS, _RETURNING = frozenset(".?!;"), frozenset("return give show list report".split())
_OPENING = 3
"""Words among which a sentence asks for something: `From which cities ...`, or `Sort the names ...`."""
MOST_PARTS = 3
"""How deep a question may contain others."""
COMPOSERS: tuple[Composer, ...] = (
    *(join_hints, returns, ordering, courses, contrasts, ordinals, group_numbers),
    *(durations, ratios, time_frames),
)


class Answering:
    """Reads questions with a trained parser. Not thread-safe."""

    def __init__(self, parser: SemanticParser, trust: Trust) -> None:
        self._parser = parser
        self._trust = trust

    def read(self, question: tuple[Word, ...], index: SchemaIndex, today: date) -> Readings:
        """Returns what the grammar makes of the question."""
        read = in_its_words(readings(question, index, today), question, index)
        read = possible(each_value_once(for_every_value(read, question, index), question, index))
        return without_others(read) if says_only(question) else read

    def understand(
        self, question: tuple[Word, ...], read: Readings, index: SchemaIndex, *, today: date
    ) -> Understanding:
        """Returns all that the grammar, which has `read` the question, and the parser make of it."""
        joins = JoinTrees(index.tables, index.graph, (word.lower for word in question))
        likened = [question[at].lower for at in content_words(question[:MOST_LIKENED])]
        found = nodes(question, index, today, options=read.options)
        parses = self._parser.parse(found, index, joins=joins, along=likened)
        parses = sharing(in_their_words(in_their_units(parses, question, index), index))
        parses = at_parents(plausible(parses, index))
        return self._understanding(question, read, parses, index)

    def answer(
        self,
        text: str,
        index: SchemaIndex,
        today: date,
        *,
        may_offer: Callable[[str], bool] = lambda _: True,
        pairs: Sequence[Pair] = (),
    ) -> Generation:
        """Answers from the index. `may_offer`: not what was tried before, nor what the guard refuses.

        `pairs`: stored ones that may ask the same in other words.
        """
        generation = self._answered(text, index, today, may_offer=may_offer, pairs=pairs)
        return _with_money(generation, words(text), index)

    def _answered(
        self,
        text: str,
        index: SchemaIndex,
        today: date,
        *,
        may_offer: Callable[[str], bool],
        pairs: Sequence[Pair],
    ) -> Generation:
        question = reworded(words(text), index)
        hopeless = no_question(question, index)
        if hopeless:
            return clarified(hopeless, index)
        read = self.read(question, index, today)
        perfect = read.found and read.found[0].score >= READ_PERFECTLY and not doubt(read, question, index)
        if perfect and not _returns_apart(question):
            return read_answer(shown_in_readings(read, question, index), question, index, may_offer=may_offer)
        ranked = _Composition(self, index, today).of(question)
        if ranked and ranked[0].probability >= least_trust(ranked[0]):
            return _offered(ranked, index, may_offer=may_offer)
        understood = self.understand(question, read, index, today=today)
        ranked = [_shown(each, index) for each in self.ranked(understood)]
        likenesses = self._parser.likenesses(text, [pair.question for pair in pairs])
        precedents = Precedents(likenesses, pairs, index, may_offer=may_offer)
        if precedent := precedents.found_in(each.proposal.sql for each in ranked):
            return _preceded(precedent, index)
        clarification = doubted(understood, ranked, index)
        return clarified(clarification, index) if clarification else _offered(ranked, index, may_offer=may_offer)

    def part(self, question: tuple[Word, ...], index: SchemaIndex, today: date) -> list[Trusted]:
        """Returns proposals for a question inside another one; what the grammar reads perfectly is not parsed."""
        read = self.read(question, index, today)
        if not read.found or read.found[0].score < READ_PERFECTLY or doubt(read, question, index):
            return self.ranked(self.understand(question, read, index, today=today))
        perfect = replace(read, found=read.found[:1])
        parses = Parses(nodes(question, index, today, options=read.options))
        understood = self._understanding(question, perfect, parses, index)
        (evidence,) = weigh(understood)
        return [Trusted(understood.proposals[0], TRUST_IN_PERFECT_READING, evidence, understood)]

    def ranked(self, understood: Understanding) -> list[Trusted]:
        """Returns the proposals, the likeliest first."""
        evidence = weigh(understood)
        weighed = zip(understood.proposals, self._trust.probabilities(evidence), evidence, strict=True)
        trusted = [Trusted(proposal, likely, known, understood) for proposal, likely, known in weighed]
        timely = [each for each in trusted if not each.evidence[PERIODS_PASSED_OVER]]
        return _grammar_first(sorted(timely or trusted, key=lambda each: -each.probability), understood)

    def _understanding(
        self, question: tuple[Word, ...], read: Readings, parses: Parses, index: SchemaIndex
    ) -> Understanding:
        return Understanding(
            question=question,
            readings=read,
            parses=parses,
            proposals=propose(read.found, parses.found, index),
            likenesses=self._parser.likenesses,
            is_common=self._parser.is_common,
        )


class _Composition:
    """What answers of the questions inside one make; composers come upon the same ones, which are asked once."""

    def __init__(self, answering: Answering, index: SchemaIndex, today: date) -> None:
        self._answering = answering
        self._index = index
        self._today = today
        self._asked: dict[tuple[tuple[Word, ...], int], Sequence[Trusted]] = {}

    def of(self, question: tuple[Word, ...], *, parts: int = 1) -> Sequence[Trusted]:
        """Returns proposals, if the question contains any that are understood."""

        def ask(part: tuple[Word, ...]) -> Sequence[Trusted]:
            if (part, parts) not in self._asked:
                composed = self.of(part, parts=parts + 1) if parts < MOST_PARTS else ()
                self._asked[part, parts] = composed or self._answering.part(part, self._index, self._today)
            return self._asked[part, parts]

        found = (composer(question, self._index, today=self._today, ask=ask) for composer in COMPOSERS)
        possible_ones = ([each for each in some if not is_contradictory(each.proposal.query)] for some in found)
        return next(filter(None, possible_ones), ())


def _with_money(generation: Generation, question: tuple[Word, ...], index: SchemaIndex) -> Generation:
    """Says as what `revenue` was read, by candidates that read it so."""
    read = money_read(question, index)
    if read is None:
        return generation
    said = tuple(word.text for word in read[0])
    note = f"`{' '.join(said)}` was read as {column_name(read[1])}."
    told = (
        each.model_copy(update={"assumptions": (*each.assumptions, note), "used_words": (*each.used_words, *said)})
        if read[1].column in each.sql
        else each
        for each in generation.candidates
    )
    return generation.model_copy(update={"candidates": tuple(told)})


def _shown(trusted: Trusted, index: SchemaIndex) -> Trusted:
    return replace(trusted, proposal=shown_in_proposal(trusted.proposal, trusted.understood.question, index))


def _offered(ranked: Sequence[Trusted], index: SchemaIndex, *, may_offer: Callable[[str], bool]) -> Generation:
    # The guard takes longer over a statement than trust did: what would not be offered is not put before it.
    left = iter(ranked)
    first = next((each for each in left if may_offer(each.proposal.sql)), None)
    if first is None:
        understood = ranked[0].understood
        return clarified(no_reading(understood.readings.cut, understood.question, None, index=index), index)
    least = first.probability * LEAST_SHARE
    others = (each for each in left if each.probability >= least and may_offer(each.proposal.sql))
    candidates = tuple(_candidate(each) for each in (first, *islice(others, MAX_CANDIDATES - 1)))
    return Generation(dialect=index.dialect, candidates=candidates, generator=NAME)


def _preceded(pair: Pair, index: SchemaIndex) -> Generation:
    candidate = Candidate(
        sql=pair.sql,
        confidence=TRUST_IN_PRECEDENT,
        assumptions=(f"The SQL is that of a stored pair that was taken to ask the same: `{pair.question}`",),
        used_words=tuple(word.text for word in words(pair.question)),
    )
    return Generation(dialect=index.dialect, candidates=(candidate,), generator=NAME)


def _grammar_first(ranked: list[Trusted], understood: Understanding) -> list[Trusted]:
    """Puts a good reading of the grammar before what the parser is not sure of, and lets nothing be likelier."""
    best = understood.readings.found[:1]
    is_sentence = _is_sentence(understood.question)
    least = READ_WELL if is_sentence else KEYWORDS_READ_WELL
    if not best or best[0].score < least or understood.readings.problem:
        return ranked
    if is_sentence and any(each.probability >= PARSER_SURE for each in understood.parses.found):
        return ranked
    at = next(at for at, each in enumerate(ranked) if each.proposal.reading == best[0])
    probability = max(ranked[at].probability, TRUST_IN_GRAMMAR)
    reordered = [ranked[at], *ranked[:at], *ranked[at + 1 :]]
    capped = [replace(each, probability=min(each.probability, probability)) for each in reordered[1:]]
    return [replace(reordered[0], probability=probability), *capped]


def _returns_apart(question: Sequence[Word]) -> bool:
    """Says whether a sentence of its own says what to return, which the grammar takes for one with the first."""
    return any(one.lower in _ENDS and other.lower in _RETURNING for one, other in pairwise(question))


def _is_sentence(question: Sequence[Word]) -> bool:
    opening = [word.lower for word in question[:_OPENING]]
    return opening[0] in STOP_WORDS or opening[1:2] == ["the"] or not QUESTION_WORDS.isdisjoint(opening)


def _candidate(trusted: Trusted) -> Candidate:
    proposal, understood = trusted.proposal, trusted.understood
    return Candidate(
        sql=proposal.sql,
        confidence=round(trusted.probability, 3),
        assumptions=(*assumptions_of(proposal, understood), *trusted.notes),
        used_words=(*used_words(proposal, understood), *trusted.said),
    )
