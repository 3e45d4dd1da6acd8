"""Questions about a period: the period is taken out, the rest is asked, and its answer restricted or grouped by it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.measured_rows import measured, names_rows
from rowcall_sqlgen.builtin.times.event_dates import names_date
from rowcall_sqlgen.builtin.times.time_columns import TimeColumn, time_column
from rowcall_sqlgen.builtin.times.time_phrases import TimePhrase, time_phrases
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.identifiers import identifier_words, spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import (
    Calculation,
    Duration,
    Join,
    Meaning,
    Measure,
    Membership,
    Order,
)
from rowcall_sqlgen.engine.presentation import presented
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.engine.words import Word

TRUST = 0.9
"""Of the rest's probability: the date column may be another one. A guess, not fitted: the open data has too few."""
_LOOSE_ENDS = frozenset({",", "and", "in", "on", "by", "for", "of", "made", "&"})
_SHOWING = frozenset("show list give display plot me us the".split())
_QUOTED = ""
_ENDS = frozenset("?!.;")
_HAPPENED = frozenset(
    "made placed posted recorded created written published occurred happened submitted added issued registered".split()
)
_AUXILIARY = frozenset("which that who is are was were be been being has have had got".split())
_ORDERED = r"(?:, |[.?;] )?(?:and )?(?:order|ordered|sort|sorted) (?:the results? )?(?:by|from) (?:the )?"
_SHOWN_AS = r"[.?;] represent (?:each |the )?"
_ASCENDING = r"(?: (?:in )?(?:ascending|chronological)(?: order)?)?"


def time_frames(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers to the rest of the question, each within the period or for each unit of time that it names.

    None where it names none, or where the tables keep years and months in columns of their own: those are values like
    others.
    """
    lower = [_QUOTED if word.quoted else word.lower for word in question]
    end = next((at for at, word in enumerate(lower) if word in _ENDS), len(lower))
    phrases = time_phrases(lower[:end], today)
    phrase = next((each for each in phrases if not _names_data(lower[each.start : each.end], index)), None)
    rest = _without(question, phrase, index) if phrase else ()
    rest = _measured(rest, index) if phrase and phrase.unit else rest
    if phrase is None or not rest:
        return ()
    found: list[Trusted] = []
    for trusted in ask(rest):
        framed = _framed(trusted, phrase, question, index=index)
        if framed:
            found.append(framed)
        elif not found:
            return ()
    return found


def _measured(rest: tuple[Word, ...], index: SchemaIndex) -> tuple[Word, ...]:
    """`Show the weekly flights` asks how many there are in each week."""
    said = rest
    while said and said[0].lower in _SHOWING:
        said = said[1:]
    return measured(said, index) if said and names_rows(said, index) else rest


def _names_data(said: Sequence[str], index: SchemaIndex) -> bool:
    """`daily` is no period where a table or column is called so."""
    names = (name for table in index.tables.values() for name in (table.name, *(c.name for c in table.columns)))
    return len(said) == 1 and any(said[0] in (*identifier_words(name), *spelled_words(name)) for name in names)


def _without(question: tuple[Word, ...], phrase: TimePhrase, index: SchemaIndex) -> tuple[Word, ...]:
    """Returns the question without the phrase, a neutral verb before it, and an order by the unit after it."""
    before, after = list(question[: phrase.start]), list(question[phrase.end :])
    if phrase.unit:
        after = _without_order(after, phrase)
    if before and _only_says_when(before[-1].lower, index):
        before.pop()
        while before and before[-1].lower in _AUXILIARY:
            before.pop()
    while before and before[-1].lower in _LOOSE_ENDS and (not after or after[0].lower in _LOOSE_ENDS):
        before.pop()
    while after and not before and after[0].lower in _LOOSE_ENDS:
        after.pop(0)
    return (*before, *after)


def _only_says_when(verb: str, index: SchemaIndex) -> bool:
    """`Placed` and the like, and `reported` where a date is called `date_problem_reported`, whatever else is."""
    return names_date(verb, index) or (verb in _HAPPENED and not _names_data([verb], index))


def _without_order(after: list[Word], phrase: TimePhrase) -> list[Word]:
    """Takes `, ordered by month in ascending order` and how to write the unit away: groups come so anyway."""
    text = " ".join(word.lower.replace(" ", "_") for word in after)
    ordered = rf"{_ORDERED}{phrase.unit}s?{_ASCENDING}(?= |$)"
    found = re.search(rf"(?:^|(?<= ))(?:{ordered}|{_SHOWN_AS}{phrase.unit} as [^.?;]*)", text)
    if found is None:
        return after
    first = len(text[: found.start()].split())
    return after[:first] + after[first + len(found[0].split()) :]


def _framed(trusted: Trusted, phrase: TimePhrase, question: tuple[Word, ...], *, index: SchemaIndex) -> Trusted | None:
    query = trusted.proposal.query
    when = time_column(phrase, query, question, index=index) if isinstance(query, Meaning) else None
    if when is None or not isinstance(query, Meaning):
        return None
    grouped = _grouped(query, when) if when.shown else query
    if grouped is None:
        return None
    framed = _restricted(grouped, when)
    sql = write_sql(presented(framed, index), index.dialect, index.tables)
    said = question[phrase.start : phrase.end]
    return replace(
        trusted,
        proposal=replace(trusted.proposal, sql=sql, query=framed, uses=uses(framed)),
        probability=trusted.probability * TRUST,
        notes=(*trusted.notes, _note(said, phrase, when.column)),
        said=(*trusted.said, *(word.text for word in said)),
    )


def _restricted(query: Meaning, when: TimeColumn) -> Meaning:
    """Adds the conditions; rows that refer to those read are looked up apart, so that no row is counted twice."""
    step = when.step
    if not when.conditions:
        return query
    if step is None or _reads(query, step.far):
        return replace(query, where=(*query.where, *when.conditions))
    if step.to_parent:
        return replace(query, joins=(*query.joins, Join(step)), where=(*query.where, *when.conditions))
    inner = Meaning(items=(ColumnRef(step.far, step.far_columns[0]),), source=step.far, where=when.conditions)
    return replace(query, where=(*query.where, Membership(ColumnRef(step.near, step.near_columns[0]), inner)))


def _reads(query: Meaning, table: str) -> bool:
    return table == query.source or any(join.step.far == table for join in query.joins)


def _grouped(query: Meaning, when: TimeColumn) -> Meaning | None:
    """Puts the unit before what is shown and sorts by it; `None` where the query measures nothing or cuts its rows."""
    numbers = [item for item in query.items if isinstance(item, Measure | Calculation | Duration)]
    if query.limit is not None or not numbers or not when.shown or set(when.shown) & set(query.group):
        return None
    step = when.step
    if step and not step.to_parent and not all(_counts_rows(item) for item in numbers):
        return None
    return replace(
        query,
        items=(*when.shown, *query.items),
        joins=(*query.joins, *((Join(step),) if step else ())),
        group=(*when.keys, *query.group),
        order=(*(Order(key, descending=False) for key in when.keys[: len(when.shown)]), *query.order),
    )


def _counts_rows(item: object) -> bool:
    return isinstance(item, Measure) and item.aggregate is Aggregate.COUNT and item.column is None


def _note(said: Sequence[Word], phrase: TimePhrase, column: ColumnRef) -> str:
    words = " ".join(word.text for word in said)
    span = phrase.span
    first = f" from {span.first}" if span and span.first else ""
    last = f" to {span.after - timedelta(days=1)}" if span and span.after else ""
    return f"`{words}` was read as {column_name(column)}{first}{last}."
