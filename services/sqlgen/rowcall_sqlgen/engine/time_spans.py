"""Spans of days in a question: `the last 30 days`, `Q1 2023`, `between June 2021 and December 2021`, `since 2020`."""

from dataclasses import replace
from datetime import date

from rowcall_sqlgen.engine.calendar_units import CalendarUnit, moved
from rowcall_sqlgen.engine.dates import read_period
from rowcall_sqlgen.engine.relative_spans import Found, Span, read_relative

_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 4}
_ARTICLES = (["the", "whole", "of", "the"], ["the", "month", "of"], ["the", "year"], ["the"], ["month", "of"], ["year"])
_LINKS = {"between": frozenset({"and"}), "from": frozenset({"to", "until", "till", "through"})}


def read_span(words: list[str], today: date) -> Found | None:
    """Reads a span at the start of lower-case words: the span and how many words it took, or `None`."""
    return _between(words, today) or _open(words, today) or read_closed(words, today)


def read_closed(words: list[str], today: date) -> Found | None:
    """Reads a span that is no range and has both its ends, such as `the first quarter of 2023`."""
    at_once = read_relative(words, today)
    if at_once:
        return at_once
    skipped = next((len(said) for said in _ARTICLES if words[: len(said)] == said), 0)
    rest = words[skipped:]
    if not rest:
        return None
    found = read_relative(rest, today) or _quarter(rest) or _period(rest, today)
    return (found[0], found[1] + skipped) if found else None


def _period(words: list[str], today: date) -> Found | None:
    found = read_period(words, today)
    if found is None or found[0].first is None:
        return None
    period, taken = found
    return Span(period.first, period.after, only_years=period.month is None), taken


def _quarter(words: list[str]) -> Found | None:
    """Reads `q1 2023`, `first quarter of 2023`, `second half of 2023`."""
    match words[:2]:
        case ["q1" | "q2" | "q3" | "q4" as quarter, *_]:
            return _part_of_year(words, 1, int(quarter[1]), months=3)
        case ["h1" | "h2" as half, *_]:
            return _part_of_year(words, 1, int(half[1]), months=6)
        case [ordinal, "quarter"] if ordinal in _ORDINALS:
            return _part_of_year(words, 2, _ORDINALS[ordinal], months=3)
        case ["first" | "second" as ordinal, "half"]:
            return _part_of_year(words, 2, _ORDINALS[ordinal], months=6)
    return None


def _part_of_year(words: list[str], at: int, number: int, *, months: int) -> Found | None:
    at += words[at : at + 1] in (["of"], ["in"], [","])
    year = words[at] if at < len(words) else ""
    if len(year) != 4 or not year.isdecimal() or not year.isascii() or int(year) == 0:
        return None
    first = date(int(year), (number - 1) * months + 1, 1)
    return Span(first, moved(first, months, CalendarUnit.MONTH)), at + 1


def _between(words: list[str], today: date) -> Found | None:
    """Reads `between 2023-06-01 inclusive and 2023-06-08 exclusive`, `from June to December 2021`."""
    links = _LINKS.get(words[0]) if words else None
    if links is None:
        return None
    at = next((at for at in range(2, min(len(words), 9)) if words[at] in links), 0)
    last = read_closed(words[at + 1 :], today) if at else None
    if last is None or last[0].after is None:
        return None
    begin = _begin(words[1:at], last[0], today)
    if begin is None or begin.first is None or begin.first > last[0].after:
        return None
    taken = at + 1 + last[1]
    after = last[0].first if words[taken : taken + 1] == ["exclusive"] else last[0].after
    taken += words[taken : taken + 1] in (["exclusive"], ["inclusive"])
    taken += 2 * (words[taken : taken + 2] == ["both", "inclusive"])
    return Span(begin.first, after, only_years=begin.only_years and last[0].only_years), taken


def _begin(words: list[str], last: Span, today: date) -> Span | None:
    """Reads the first end, which says the year only where it is not that of the last one."""
    said = words[:-1] if words[-1:] == ["inclusive"] else words
    year = [str(last.first.year)] if last.first else []
    found = read_closed(said, today) or read_closed([*said, *year], today)
    return found[0] if found and found[1] >= len(said) else None


def _open(words: list[str], today: date) -> Found | None:
    """Reads `since June 2021`, `before 2023`, `on or after 2023-06-01`."""
    for said in (3, 2, 1):
        kind = _OPEN.get(" ".join(words[:said]))
        found = read_closed(words[said:], today) if kind else None
        if kind and found:
            return _opened(kind, found[0]), found[1] + said
    return None


_OPEN = {
    "since": "from first",
    "on or after": "from first",
    "starting from": "from first",
    "starting in": "from first",
    "after": "from after",
    "before": "until first",
    "prior to": "until first",
    "until": "until after",
    "up to": "until after",
    "on or before": "until after",
}


def _opened(kind: str, span: Span) -> Span:
    match kind:
        case "from first":
            return replace(span, after=None)
        case "from after":
            return replace(span, first=span.after, after=None)
        case "until first":
            return replace(span, first=None, after=span.first)
    return replace(span, first=None)
