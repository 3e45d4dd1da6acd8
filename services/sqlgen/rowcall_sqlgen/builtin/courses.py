"""Questions for a number from one period to the next: running totals, and changes since the period before."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.edited import edited
from rowcall_sqlgen.builtin.measured_rows import measured
from rowcall_sqlgen.engine.calendar_names import calendar_names
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import CalendarPart, Course, InSequence, Meaning, Measure, Order, Running
from rowcall_sqlgen.engine.part_mentions import calendar_parts
from rowcall_sqlgen.engine.words import Word, words

TRUST = 0.95
"""Of the rest's probability: the words say the form plainly."""
Words = tuple[Word, ...]
Key = ColumnRef | CalendarPart

_UNIT = r"(?P<unit>day|week|month|quarter|year)"
_CHANGE = r"(?P<what>change|growth|growth rate|increase|difference|development|percentage change|percent change)s?"
_NEXT = r"(?:the next|the following|another|(?P=unit))"
_RUNNING = re.compile(r"\b(?:running (?:total|sum|count)s?(?: of)?|cumulative(?: (?:total|sum)s? of)?|cumulated)\b")
_CHANGES = (
    re.compile(rf"\b{_UNIT} (?:over|on|to|by) (?P=unit) {_CHANGE}(?: (?:in|of))?\b"),
    re.compile(rf"\b{_CHANGE} (?:in|of) (?=.*{_UNIT} over (?P=unit))"),
    re.compile(rf"\b(?:(?P<what>change|grow|develop)d? )?from (?:one |each )?{_UNIT} to {_NEXT}\b"),
    re.compile(rf"\b(?:as )?compared (?:to|with) the (?:previous|preceding|prior|last) {_UNIT}(?: before)?\b"),
    re.compile(rf"\bversus the (?:previous|preceding|prior) {_UNIT}\b"),
    re.compile(rf"\b{_UNIT} (?:over|on) (?P=unit)\b"),
)
_ABBREVIATED = {"mom": "month", "yoy": "year", "wow": "week", "qoq": "quarter", "dod": "day"}
_OPENING = frozenset({"how", "did", "does", "do", "has", "have"})
_FOR_EACH = words("for each")
_EACH = frozenset({"each", "every", "by", "monthly", "daily", "weekly", "yearly", "quarterly"})


@dataclass(frozen=True, slots=True)
class _Asked:
    """The question that is left, the course that it is asked for, and the words that say so."""

    rest: Words
    course: Course
    said: Words


def courses(question: Words, index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Returns answers to the rest with the course of their one number; `today` is that of the rest."""
    asked = _running(question, index) or _change(question, index)
    if asked is None:
        return ()
    found = ((trusted, _along(trusted, asked.course, index)) for trusted in ask(asked.rest))
    return tuple(
        edited(trusted, query, asked.said, index=index, trust=TRUST) for trusted, query in found if query is not None
    )


def _running(question: Words, index: SchemaIndex) -> _Asked | None:
    start, end = _place(_RUNNING.search(_text(question)), question)
    if not end:
        return None
    opening = question[:start] if question[:1] and question[0].lower in ("show", "give", "list") else ()
    return _Asked((*opening, *measured(question[end:], index)), Course.RUNNING_TOTAL, question[start:end])


def _change(question: Words, index: SchemaIndex) -> _Asked | None:
    spelled = _spelled(question)
    text = _text(spelled)
    found = next((match for form in _CHANGES if (match := form.search(text))), None)
    start, end = _place(found, spelled)
    if found is None or not end:
        return None
    rest = (*_plain(spelled[:start]), *spelled[end:])
    course = Course.GROWTH if re.search(r"\b(?:growth|percent|percentage|rate)\b", text) else Course.CHANGE
    rest = tuple(word for word in rest if word.lower not in ("growth", "percentage", "percent", "rate", "change"))
    if not _EACH & {word.lower for word in rest}:
        rest = (*rest, *_FOR_EACH, *words(found["unit"]))
    return _Asked(measured(rest, index), course, spelled[start:end])


def _spelled(question: Words) -> Words:
    """`MoM` is month over month."""
    units = (_ABBREVIATED.get(word.lower, "") for word in question)
    pairs = zip(question, units, strict=True)
    return tuple(said for word, unit in pairs for said in (words(f"{unit} over {unit}") if unit else (word,)))


def _plain(before: Words) -> Words:
    """`How did the number of flights` asks for the number of flights; `how many flights` stays."""
    if [word.lower for word in before[:2]] in (["how", "many"], ["how", "much"]):
        return before
    while before and before[0].lower in _OPENING:
        before = before[1:]
    return before


def _text(question: Words) -> str:
    return " ".join("_" if word.quoted else word.lower.replace(" ", "_") for word in question)


def _place(found: re.Match[str] | None, question: Words) -> tuple[int, int]:
    if found is None:
        return 0, 0
    text = _text(question)
    start = len(text[: found.start()].split())
    return start, start + len(found[0].split())


def _along(trusted: Trusted, course: Course, index: SchemaIndex) -> Meaning | None:
    query = trusted.proposal.query
    if not isinstance(query, Meaning) or query.limit is not None or query.having:
        return None
    measures = [item for item in query.items if isinstance(item, Measure)]
    times = [key for key in query.group if _is_time(key, index)]
    if len(measures) != 1 or not times:
        return None
    within = tuple(key for key in query.group if key not in times)
    years = _missing_years(times, index)
    along = tuple(_sequenced(key, index) for key in (*years, *times))
    order = tuple(Order(key, descending=False) for key in (*within, *along))
    running = Running(course, measures[0], along, within)
    return replace(
        query, items=(*years, *query.items, running), group=(*years, *query.group), order=order, distinct=False
    )


def _is_time(key: Key, index: SchemaIndex) -> bool:
    if isinstance(key, CalendarPart) or index.is_date(key) or calendar_names(key, index):
        return True
    return index.is_calendar_part(key)


def _sequenced(key: Key, index: SchemaIndex) -> Key | InSequence:
    names = calendar_names(key, index) if isinstance(key, ColumnRef) else ()
    return InSequence(key, names) if isinstance(key, ColumnRef) and names else key


def _missing_years(times: Sequence[Key], index: SchemaIndex) -> tuple[ColumnRef, ...]:
    """`per month` over several years: the course goes on from December to January."""
    first = times[0]
    if not isinstance(first, ColumnRef):
        return ()
    year = calendar_parts(index.tables[first.table]).get("year")
    ref = ColumnRef(first.table, year) if year else None
    if ref is None or ref in times or index.column(ref).profile.distinct_count == 1:
        return ()
    return (ref,)
