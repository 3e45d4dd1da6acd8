"""Readings of a question: every way to understand it that accounts for all its words, best first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rowcall_sqlgen.engine.assembly import assemble
from rowcall_sqlgen.engine.grammar.reading import read
from rowcall_sqlgen.engine.grammar.rule import Marks
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import Cut, Options, Span, all_options, best_cuts
from rowcall_sqlgen.engine.marks import Mark, TableMention
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
    meant: dict[tuple[Mark, ...], Meaning | NoMeaning | None] = {}
    for cut in cuts:
        if cut.unknown:
            continue
        for interpretation in interpretations(cut.spans):
            marks = tuple(option.mark for option in interpretation)
            # Cuts differ in what they pass over, and then have their marks in common.
            if marks not in meant:
                meant[marks] = _meaning(marks, index)
            meaning = meant[marks]
            if isinstance(meaning, NoMeaning):
                problems.append((link_quality(cut.spans, interpretation), meaning))
                continue
            reading = _reading(meaning, cut, interpretation) if meaning else None
            if reading and reading.score > (found[reading.meaning].score if reading.meaning in found else 0.0):
                found[reading.meaning] = reading
    ranked = sorted(found.values(), key=lambda reading: -reading.score)
    return Readings(tuple(ranked), cuts[0], _worst(problems, ranked), options)


def _worst(problems: Sequence[tuple[float, NoMeaning]], ranked: Sequence[Reading]) -> NoMeaning | None:
    """Returns what stopped an interpretation whose words fit better than those of every reading."""
    fits = max((link_quality(reading.spans, reading.interpretation) for reading in ranked), default=0.0)
    better = [(quality, problem) for quality, problem in problems if quality > fits + _CLEARLY]
    return max(better, key=lambda found: found[0])[1] if better else None


def _meaning(marks: Marks, index: SchemaIndex) -> Meaning | NoMeaning | None:
    """Returns what the marks mean together, or what stopped it; `None` where no rule fits them."""
    roles = {mark.table: mark.role for mark in marks if isinstance(mark, TableMention) and mark.role}
    try:
        clauses = read(marks, index)
        return None if clauses is None else assemble(clauses, index, roles)
    except NoMeaning as error:
        return error


def _reading(meaning: Meaning, cut: Cut, interpretation: Interpretation) -> Reading:
    meaningful = tuple(span for span in cut.spans if span.options)
    return Reading(meaning, score(meaning, cut.spans, interpretation), meaningful, interpretation)
