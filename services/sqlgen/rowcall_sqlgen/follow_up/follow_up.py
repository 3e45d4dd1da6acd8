"""Answers a turn that goes on from another, or a request to change a statement, by editing the statement before."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rowcall_contracts.candidates import MAX_CANDIDATES, Candidate, Clarification, Generation
from rowcall_sqlgen.builtin.grammar_answer import LONGEST_QUESTION_WORDS, NAME
from rowcall_sqlgen.engine.assumptions import link_assumptions
from rowcall_sqlgen.engine.focus import MOST_TABLES, of_tables
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import link
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.ranking import confidence
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.follow_up.changes import NoEdit
from rowcall_sqlgen.follow_up.doubt import not_changed, tied
from rowcall_sqlgen.follow_up.editing import edited
from rowcall_sqlgen.follow_up.fragment import Fragment, read_fragments
from rowcall_sqlgen.follow_up.statement import Statement
from rowcall_sqlgen.follow_up.utterance import Utterance, read_utterance
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.screening import may_run

MOST_FRAGMENTS = 16
_SURE = 0.8
"""A table named at least this well makes a question stand by itself."""


@dataclass(frozen=True, slots=True)
class _Edits:
    """What came of the statement before: candidates, or why there are none."""

    candidates: tuple[Candidate, ...] = ()
    clarification: Clarification | None = None


def answer_follow_up(request: GenerationRequest, index: SchemaIndex, fresh: Generation) -> Generation:
    """Returns the statement before, changed as the words say, together with `fresh`, the answer to the words alone.

    Words that name a table, can be answered alone, and have no phrase that goes on from something (`what about`,
    `instead`, `of those`) are a new question, and its candidates come first; otherwise the changed statements do, and
    `fresh` follows only where it names a table too. A request to refine always goes on from its statement.
    """
    utterance = read_utterance(request.question, index)
    if (not utterance.words and not utterance.signs) or len(utterance.said) > LONGEST_QUESTION_WORDS:
        return fresh
    today = request.now.date()
    complete = bool(fresh.candidates) and _names_table(utterance, index, today)
    edits = _edits(request, index, utterance)
    if complete and not utterance.follows and request.refining is None:
        return _merged(fresh, (*fresh.candidates, *edits.candidates))
    if edits.clarification is not None and not complete:
        return Generation(dialect=index.dialect, clarification=edits.clarification, generator=NAME)
    if edits.candidates and (utterance.follows or request.refining is not None):
        return _merged(fresh, edits.candidates)
    return _merged(fresh, (*edits.candidates, *(fresh.candidates if complete else ())))


def _merged(fresh: Generation, candidates: Iterable[Candidate]) -> Generation:
    """Ranks: each statement once, and confidence never rises down the list."""
    kept: dict[str, Candidate] = {}
    least = 1.0
    for candidate in candidates:
        if candidate.sql not in kept and len(kept) < MAX_CANDIDATES:
            least = min(least, candidate.confidence)
            kept[candidate.sql] = candidate.model_copy(update={"confidence": least})
    return fresh.model_copy(update={"candidates": tuple(kept.values()), "clarification": None, "generator": NAME})


def _names_table(utterance: Utterance, index: SchemaIndex, today: date) -> bool:
    spans = link(utterance.words, index, today)[0].spans
    best = [span.options[0] for span in spans if span.options]
    return any(isinstance(option.mark, TableMention) and option.quality >= _SURE for option in best)


def _edits(request: GenerationRequest, index: SchemaIndex, utterance: Utterance) -> _Edits:
    try:
        statement = _statement(request, index, utterance)
    except NoEdit as problem:
        return _Edits(clarification=not_changed(utterance, problem, index=index))
    fragments = read_fragments(utterance, statement, request.now.date())
    problems: list[NoEdit | NoMeaning] = []
    made = list(_made(fragments.found[:MOST_FRAGMENTS], statement, utterance, problems))
    offered = [(fragment, candidate) for fragment, candidate in made if _is_new(candidate.sql, request)]
    if offered:
        asked = tied([fragment for fragment, _ in offered], utterance)
        return _Edits(clarification=asked) if asked else _Edits(tuple(candidate for _, candidate in offered))
    first = problems[0] if problems else None
    return _Edits(clarification=not_changed(utterance, first, index=index, cut=fragments.cut))


def _statement(request: GenerationRequest, index: SchemaIndex, utterance: Utterance) -> Statement:
    """Returns the statement before, over the tables of a large schema that it can be joined with.

    Raises `NoEdit` when the statement before may not run: nothing is built on what the guard refuses.
    """
    sql = request.refining if request.refining is not None else request.history[-1].sql
    if not may_run(sql, request.catalog):
        raise NoEdit("the statement before may not run on this connection")
    statement = Statement.parsed(sql, index)
    if len(index.tables) <= MOST_TABLES:
        return statement
    read = {table for select in statement.selects for table in statement.scope(select).values()}
    parents = {step.far for table in read for step in index.graph.parents(table)}
    named = {table for table in ranked_tables(utterance.words, index) if _is_linked(table, read, index)}
    return Statement(statement.tree, of_tables(index, read | parents | named))


def _is_linked(table: str, read: Iterable[str], index: SchemaIndex) -> bool:
    return any(index.graph.paths(start, table) for start in read)


def _made(
    fragments: Sequence[Fragment], statement: Statement, utterance: Utterance, problems: list[NoEdit | NoMeaning]
) -> Iterator[tuple[Fragment, Candidate]]:
    """Yields every different statement; what stopped the others goes into `problems`."""
    seen = {statement.sql()}
    for fragment in fragments:
        try:
            changed, explanation = edited(statement, fragment.changes, utterance.signs)
        except (NoEdit, NoMeaning) as problem:
            problems.append(problem)
            continue
        sql = changed.sql()
        if sql not in seen:
            seen.add(sql)
            yield fragment, _candidate(sql, explanation, fragment, utterance)


def _candidate(sql: str, explanation: str, fragment: Fragment, utterance: Utterance) -> Candidate:
    used = (word.text for span in fragment.spans for word in utterance.words[span.start : span.end])
    return Candidate(
        sql=sql,
        confidence=round(confidence(min(1.0, fragment.quality)), 3),
        assumptions=link_assumptions(fragment.spans, fragment.interpretation, utterance.words),
        used_words=tuple(used),
        explanation=explanation,
    )


def _is_new(sql: str, request: GenerationRequest) -> bool:
    return sql not in {tried.candidate.sql for tried in request.feedback} and may_run(sql, request.catalog)
