"""Readings of a question: every way to understand it that accounts for all its words, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rowcall_sqlgen.engine.assembly import assemble
from rowcall_sqlgen.engine.grammar.reading import read
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import Cut, Options, Span, all_options, best_cuts
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.meaning import Meaning
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.ranking import link_quality, score
from rowcall_sqlgen.engine.resolution import Interpretation, interpretations
from rowcall_sqlgen.engine.words import Word

_CLEARLY = 0.02
"""By how much an interpretation must fit better to count: less is noise of the qualities."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the question. `spans` and `interpretation` run in parallel."""

    meaning: Meaning
    score: float
    spans: tuple[Span, ...]
    interpretation: Interpretation


@dataclass(frozen=True, slots=True)
class Readings:
    """What came of a question. `cut` is the best cut into spans, `problem` what stopped a better interpretation.

    `options`: what the words from each position on may mean.
    """

    found: tuple[Reading, ...]
    cut: Cut
    problem: NoMeaning | None = None
    options: tuple[Options, ...] = ()


def readings(question: Sequence[Word], index: SchemaIndex, today: date) -> Readings:
    """Returns all readings, best first, each meaning once."""
    options = all_options(question, index, today)
    cuts = best_cuts(question, index, options)
    found: dict[Meaning, Reading] = {}
    problems: list[tuple[float, NoMeaning]] = []
    for cut in cuts:
        if cut.unknown:
            continue
        for interpretation in interpretations(cut.spans):
            try:
                reading = _reading(cut, interpretation, index)
            except NoMeaning as error:
                problems.append((link_quality(cut.spans, interpretation), error))
                continue
            if reading and reading.score > (found[reading.meaning].score if reading.meaning in found else 0.0):
                found[reading.meaning] = reading
    ranked = sorted(found.values(), key=lambda reading: -reading.score)
    return Readings(tuple(ranked), cuts[0], _worst(problems, ranked), options)


def _worst(problems: Sequence[tuple[float, NoMeaning]], ranked: Sequence[Reading]) -> NoMeaning | None:
    """Returns what stopped an interpretation whose words fit better than those of every reading."""
    fits = max((link_quality(reading.spans, reading.interpretation) for reading in ranked), default=0.0)
    better = [(quality, problem) for quality, problem in problems if quality > fits + _CLEARLY]
    return max(better, key=lambda found: found[0])[1] if better else None


def _reading(cut: Cut, interpretation: Interpretation, index: SchemaIndex) -> Reading | None:
    clauses = read(tuple(option.mark for option in interpretation), index)
    if clauses is None:
        return None
    marks = (option.mark for option in interpretation)
    roles = {mark.table: mark.role for mark in marks if isinstance(mark, TableMention) and mark.role}
    meaning = assemble(clauses, index, roles)
    meaningful = tuple(span for span in cut.spans if span.options)
    return Reading(meaning, score(meaning, cut.spans, interpretation), meaningful, interpretation)
