"""Comparisons: one question per side."""

import re

from rowcall_sqlgen.breakdown.vocabulary import GROUPING, MEASURE, TIME

_COMPARE = re.compile(r"compare\s+(?P<compared>.+)", re.IGNORECASE)
_HOW = re.compile(r"how\s+(?:do|does|did)\s+(?P<one>.+?)\s+compare\s+(?:to|with)\s+(?P<other>.+)", re.IGNORECASE)
_AGAINST = re.compile(r"\s+(?:versus|vs\.?|against|compared\s+(?:to|with))\s+", re.IGNORECASE)
_JOINED = (
    _AGAINST,
    re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE),
    re.compile(r"\s+with\s+", re.IGNORECASE),
    re.compile(r"\s+to\s+", re.IGNORECASE),
)
"""What may stand between sides; the first that is there at all does."""

_PREPOSITION = r"(?:of|for|in|from|at|on|between|to|by)"
_PLACE = re.compile(rf".*\s{_PREPOSITION}\s+(?:the\s+)?(?=\S)", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s+$", re.IGNORECASE)
_REPEATED = re.compile(rf"^{_PREPOSITION}\s+(?:the\s+)?", re.IGNORECASE)
_TAIL = re.compile(r"\s+(?:by|per|for\s+each|in|during|on|since|before|after|at|from|for)\s+.*", re.IGNORECASE)
_RANKED = re.compile(
    r"(?P<side>.+?)\s+(?:by|in\s+terms\s+of|in|on|with\s+respect\s+to|regarding|based\s+on)\s+(?P<measure>.+)",
    re.IGNORECASE,
)
_NAMES = re.compile(r"(?:[A-Z0-9\ue000-\uf8ff]\S*\s?)+")
_OF_ROWS = re.compile(r"\s+of\s+.*", re.IGNORECASE)


def sides(question: str) -> tuple[str, ...] | None:
    """Returns a question per side; `None` where nothing is compared, or one statement shows all sides."""
    said = question.strip(" ?.!")
    if match := _HOW.fullmatch(said):
        parts = [match["one"], match["other"]]
    elif match := _COMPARE.fullmatch(said):
        parts = _parts(match["compared"], _JOINED)
    else:
        parts = _parts(said, _JOINED[:1])
    if len(parts) < 2:
        return None
    found = _measures(parts) or _places(parts) or _ranked(parts) or _named(parts)
    return tuple(found) if found else None


def _parts(text: str, joined: tuple[re.Pattern[str], ...]) -> list[str]:
    joint = next((pattern for pattern in joined if pattern.search(text)), None)
    return joint.split(text) if joint else [text]


def _measures(parts: list[str]) -> list[str] | None:
    """Two measures; what the last one says of rows and time holds for all."""
    if not all(MEASURE.match(part) for part in parts):
        return None
    last = parts[-1]
    if GROUPING.search(last):
        return [" and ".join(parts)]
    rows = _OF_ROWS.search(last)
    time = TIME.search(last)
    shared = rows[0] if rows and not any(_OF_ROWS.search(part) for part in parts[:-1]) else time and f" {time[0]}"
    return [*(part + (shared or "") for part in parts[:-1]), last]


def _places(parts: list[str]) -> list[str] | None:
    """One measure of two things: "the number of flights from JFK and LGA in 2013"."""
    place = _PLACE.match(parts[0])
    if place is None:
        return None
    before = _BETWEEN.sub("of ", place[0])
    names = [parts[0][place.end() :], *(_REPEATED.sub("", part, count=1) for part in parts[1:])]
    tail = _TAIL.search(names[-1])
    names[-1] = names[-1][: tail.start()] if tail else names[-1]
    return [f"{before}{name}{tail[0] if tail else ''}" for name in names]


def _ranked(parts: list[str]) -> list[str] | None:
    """Two things by a measure: "Delta and United by average delay"."""
    ranked = _RANKED.fullmatch(parts[-1])
    if ranked is None or not MEASURE.match(ranked["measure"] + " x"):
        return None
    return [f"{ranked['measure']} of {name}" for name in [*parts[:-1], ranked["side"]]]


def _named(parts: list[str]) -> list[str] | None:
    """Two names before one noun: "Boeing and Airbus planes"."""
    last = _NAMES.match(parts[-1])
    noun = parts[-1][last.end() :] if last else ""
    if not noun or not all(_NAMES.fullmatch(part) for part in parts[:-1]):
        return None
    return [*(f"{part} {noun}" for part in parts[:-1]), parts[-1]]
