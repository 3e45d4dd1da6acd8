"""What speaks for and against a proposal, as numbers that trained trust weighs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.builtin.query_shape import shape
from rowcall_sqlgen.builtin.sayings import Sayings
from rowcall_sqlgen.engine.dates import Period
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.linking import is_light_verb, is_stop_word
from rowcall_sqlgen.engine.reading import Readings
from rowcall_sqlgen.engine.vocabulary import LEXICON, LONGEST_PHRASE
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind
from rowcall_sqlgen.parser.parser import Parses

STRANGE = 0.4
"""Cosine of two words' vectors below which they have nothing to do with each other."""
LEAST_LOG = -10.0
_SURE_LOG, _LIKELY_LOG, _NOTHING_LOG = -0.1, -0.5, -0.3
_READ_WELL, _READ_PERFECTLY = 0.93, 0.985
_NAMED = 0.5
_MOST_WORDS = 4
_MOST_LIKENED = 8
_NAMED_WELL = 0.9
_SAID = frozenset({ValueKind.STORED, ValueKind.NUMBER, ValueKind.QUOTED})

_PHRASES_BEGIN = frozenset(phrase[0] for phrase in LEXICON)

_RELATIVE = (
    "covered share",
    "uncovered words",
    "names passed over",
    "values passed over",
    "unnamed columns",
    "unnamed tables",
    "strange words",
    "joins",
)
"""Evidence that says more beside that on the other proposals."""

PERIODS_PASSED_OVER = "periods passed over"
"""Not for trust, whose training questions hardly know any."""

Evidence = Mapping[str, float]
Likenesses = Callable[[str, Sequence[str]], list[float]]


@dataclass(frozen=True, slots=True)
class Understanding:
    """Everything that was made of one question. `likenesses`: of a word and some names, cosines.

    `is_common`: whether a word occurs in questions about anything.
    """

    question: tuple[Word, ...]
    readings: Readings
    parses: Parses
    proposals: tuple[Proposal, ...]
    likenesses: Likenesses
    is_common: Callable[[Word], bool]


def weigh(understood: Understanding) -> tuple[Evidence, ...]:
    """Returns the evidence on each proposal, in their order."""
    weighing = _Weighing(understood)
    found = [weighing.of(proposal) for proposal in understood.proposals]
    most = {name: max((each[name] for each in found), default=0.0) for name in _RELATIVE}
    least = {name: min((each[name] for each in found), default=0.0) for name in _RELATIVE}
    return tuple(
        MappingProxyType(
            each
            | {f"{name}, below the most": most[name] - each[name] for name in _RELATIVE}
            | {f"{name}, above the least": each[name] - least[name] for name in _RELATIVE}
        )
        for each in found
    )


class _Weighing:
    """What is the same for all proposals, computed once."""

    def __init__(self, understood: Understanding) -> None:
        self._understood = understood
        self._sayings = Sayings(understood.question)
        self._likening = _Likening(understood, understood.proposals)
        found, parses = understood.readings.found, understood.parses.found
        self._grammar_best = found[0].score if found else 0.0
        logs = [_log(parsed.probability) for parsed in parses] + [LEAST_LOG, LEAST_LOG]
        self._best_log, self._second_log = logs[:2]
        self._nothing = _log(understood.parses.nothing)
        nodes = understood.parses.nodes
        self._content = content_words(nodes.words)
        self._named = {at for (at, _), quality in nodes.matches.column_words.items() if quality >= _NAMED_WELL}
        self._periods = _periods(understood.readings)
        self._unknown = sum(span.end - span.start for span in understood.readings.cut.unknown)

    def of(self, proposal: Proposal) -> dict[str, float]:
        return {
            **self._of_parser(proposal),
            **self._of_grammar(proposal),
            **self._coverage(proposal),
            **shape(proposal.query),
            **self._sayings.evidence,
            **self._sayings.agreement(proposal.query),
        }

    def _of_parser(self, proposal: Proposal) -> dict[str, float]:
        parsed = proposal.parsed
        log = _log(parsed.probability) if parsed else LEAST_LOG
        is_top = parsed is not None and log == self._best_log
        return {
            "parsed": float(parsed is not None),
            "parse": log,
            "parse sure": float(log >= _SURE_LOG),
            "parse likely": float(log >= _LIKELY_LOG),
            "parse first": float(is_top),
            "parse likelier than the next": self._best_log - self._second_log if is_top else 0.0,
            "parse unlikelier than the best": self._best_log - log,
            "nothing": self._nothing,
            "nothing sure": float(self._nothing >= _NOTHING_LOG),
            "nothing likelier": max(self._nothing - self._best_log, -4.0),
            "joins": float(proposal.uses.joins),
            "inner queries": float(proposal.uses.queries - 1),
            "words": float(len(self._understood.question)),
        }

    def _of_grammar(self, proposal: Proposal) -> dict[str, float]:
        score = proposal.reading.score if proposal.reading else 0.0
        is_first = proposal.reading is not None and score == self._grammar_best
        is_top = proposal.parsed is not None and _log(proposal.parsed.probability) == self._best_log
        silent = float(self._grammar_best == 0.0)
        unknown = float(min(self._unknown, _MOST_WORDS))
        return {
            "read": float(proposal.reading is not None),
            "reading": score,
            "read well": float(score >= _READ_WELL),
            "read perfectly": float(score >= _READ_PERFECTLY),
            "reading first": float(is_first),
            "reading worse than the best": self._grammar_best - score,
            "both first": float(is_top and is_first),
            "against a good reading": float(self._grammar_best >= _READ_WELL and proposal.reading is None),
            "against a perfect reading": float(self._grammar_best >= _READ_PERFECTLY and proposal.reading is None),
            "grammar silent": silent,
            "grammar has a problem": float(self._understood.readings.problem is not None),
            "unknown words": unknown,
            "unknown words, grammar silent": unknown * silent,
        }

    def _coverage(self, proposal: Proposal) -> dict[str, float]:
        nodes = self._understood.parses.nodes
        covered = covered_words(proposal, nodes)
        uncovered = [at for at in self._content if at not in covered]
        likenesses = self._likening.closest(proposal, uncovered)
        strange = [at for at, likeness in likenesses.items() if likeness < STRANGE]
        new = [at for at in strange if not self._understood.is_common(nodes.words[at])]
        said = {v.start for v in nodes.values if v.kind in _SAID and not set(range(v.start, v.end)) & covered}
        quoted = [at for at in uncovered if nodes.words[at].quoted]
        unnamed = [ref for ref in proposal.uses.columns if nodes.matches.column_quality(ref) < _NAMED]
        return {
            "uncovered words": float(min(len(uncovered), _MOST_WORDS)),
            "covered share": 1.0 - len(uncovered) / max(len(self._content), 1),
            "names passed over": float(min(len(self._named.intersection(uncovered)), _MOST_WORDS)),
            "values passed over": float(min(len(said), _MOST_WORDS)),
            "quotes passed over": float(min(len(quoted), _MOST_WORDS)),
            PERIODS_PASSED_OVER: float(proposal.reading is None and not self._periods <= covered),
            "unnamed columns": float(min(len(unnamed), _MOST_WORDS)),
            "unnamed tables": float(sum(nodes.matches.table_quality(table) < _NAMED for table in proposal.uses.tables)),
            "strange words": float(min(len(strange), _MOST_WORDS)),
            "strange new words": float(min(len(new), _MOST_WORDS)),
            "strangest word": 1.0 - min(likenesses.values(), default=1.0),
        }


def strange_words(proposal: Proposal, understood: Understanding) -> tuple[Word, ...]:
    """Returns the words that must name something and are like nothing that the proposal reads."""
    words = understood.parses.nodes.words
    return tuple(words[at] for at, like in likeness_of_uncovered(proposal, understood).items() if like < STRANGE)


def likeness_of_uncovered(proposal: Proposal, understood: Understanding) -> dict[int, float]:
    """Returns, by position, how like the closest name the words are that must name something and are not covered."""
    nodes = understood.parses.nodes
    covered = covered_words(proposal, nodes)
    uncovered = [at for at in content_words(nodes.words) if at not in covered]
    return _Likening(understood, [proposal]).closest(proposal, uncovered)


class _Likening:
    """How like words of the question are to the names that proposals read; a word is compared with all of them once."""

    def __init__(self, understood: Understanding, proposals: Sequence[Proposal]) -> None:
        self._understood = understood
        self._names = tuple(dict.fromkeys(name for proposal in proposals for name in _names_read(proposal)))
        self._cosines: dict[str, dict[str, float]] = {}

    def closest(self, proposal: Proposal, words: Sequence[int]) -> dict[int, float]:
        """Returns, by position, the likeness of each word to the closest name: a cosine, 0 without names."""
        question = self._understood.parses.nodes.words
        names = _names_read(proposal)
        found = {at: self._with_all(question[at].lower) for at in words[:_MOST_LIKENED]}
        return {at: max((cosines[name] for name in names), default=0.0) for at, cosines in found.items()}

    def _with_all(self, word: str) -> dict[str, float]:
        if word not in self._cosines:
            cosines = self._understood.likenesses(word, self._names)
            self._cosines[word] = dict(zip(self._names, cosines, strict=True))
        return self._cosines[word]


def _names_read(proposal: Proposal) -> tuple[str, ...]:
    names = (*(ref.column for ref in proposal.uses.columns), *proposal.uses.tables)
    return tuple(" ".join(spelled_words(name)) for name in names)


def covered_words(proposal: Proposal, nodes: Nodes) -> frozenset[int]:
    """Returns the positions of words that say what the proposal uses."""
    by_column = {at for (at, ref), quality in nodes.matches.column_words.items() if ref in proposal.uses.columns}
    by_table = {at for (at, table), quality in nodes.matches.table_words.items() if table in proposal.uses.tables}
    values = {str(value).lower() for value in proposal.uses.values}
    by_value = {at for v in nodes.values if str(v.value).lower() in values for at in range(v.start, v.end)}
    return frozenset(by_column | by_table | by_value)


def content_words(question: Sequence[Word]) -> tuple[int, ...]:
    """Returns the positions of words that must name something: no fillers, nor what only shapes the question."""
    shaping: set[int] = set()
    lower = tuple(word.lower for word in question)
    for start, word in enumerate(lower):
        if word not in _PHRASES_BEGIN:
            continue
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(question)) + 1):
            if lower[start:end] in LEXICON:
                shaping.update(range(start, end))
    return tuple(
        at
        for at, word in enumerate(question)
        if at not in shaping and not is_stop_word(word) and not is_light_verb(word)
    )


def _periods(readings: Readings) -> frozenset[int]:
    """Returns the positions of words that say when: `March`, `2013`, `last month`."""
    spans = (span for span in readings.cut.spans if any(isinstance(option.mark, Period) for option in span.options))
    return frozenset(at for span in spans for at in range(span.start, span.end))


def _log(probability: float) -> float:
    return max(float(np.log(max(probability, 1e-9))), LEAST_LOG)
