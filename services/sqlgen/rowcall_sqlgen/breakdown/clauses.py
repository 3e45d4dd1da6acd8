"""Clauses of one sentence that each ask for something: "How many flights are there, and which airline …?"."""

import re

from rowcall_sqlgen.breakdown.references import points_back, refers_to_rows
from rowcall_sqlgen.breakdown.vocabulary import GROUPING, LISTING, stands_alone

_JOINED = r"(?:,\s*(?:and|but)?\s*(?:also\s+|then\s+)?|;\s*(?:and\s+)?|\s+and\s+(?:also\s+)?|\s+as\s+well\s+as\s+)"
_ASKED = (
    r"how\s+(?:many|much|long|old|often|far)\b|what(?:'s|\s+(?:is|are|was|were|percentage|share))\b"
    r"|(?:what|which)\s+(?!is\b|are\b|was\b|were\b|do\b|does\b|did\b|have\b|has\b|had\b|can\b|\w+ed\b)\w+\s+\w+"
    r"|(?:who|when|where)\s+(?:is|are|was|were|did|do|does|has|have)\b"
    r"|(?:show|list|find|give|tell|display|compute|calculate|count)\s+(?:me|us|all|the|each|how|which|top|\d+)\b"
)
_CUT = re.compile(rf"{_JOINED}(?={_ASKED})", re.IGNORECASE)
_CUT_AT_FRAGMENT = re.compile(
    r"(?:,\s*and\s+|\s+and\s+|,?\s+as\s+well\s+as\s+)(?:also\s+)?(?=(?:their|its)\s)", re.IGNORECASE
)
_COUNTING = re.compile(r"how\s+many\b", re.IGNORECASE)
_RELATIVE = re.compile(r"\S\s+(?P<word>which|who|that|whose)\b", re.IGNORECASE)
_STRONG = re.compile(r"^,\s*(?:and|but)?\s*(?:also|then)|^,\s*and\b|^;|\balso\b", re.IGNORECASE)
_SUPERLATIVE = re.compile(
    r"(?P<before>which\s+.+?\bthe\s+)(?P<most>most|fewest|least|\w+est)(?P<after>\b.*)", re.IGNORECASE
)
_OTHER = re.compile(
    r"\s+and\s+which\s+(?:one\s+)?(?:has|have|had|is|are|was|were)\s+the\s+(?P<most>most|fewest|least|\w+est)\s*\??",
    re.IGNORECASE,
)


def clauses(sentence: str) -> tuple[str, ...]:
    """Returns the clauses; the sentence alone where one statement answers all of it."""
    opposites = _opposites(sentence)
    if opposites:
        return opposites
    pattern = _CUT_AT_FRAGMENT if _COUNTING.match(sentence) and _CUT_AT_FRAGMENT.search(sentence) else _CUT
    found = _cut(sentence, pattern)
    if _is_grouped_as_one(found) or not all(stands_alone(clause) for clause in found):
        return (sentence,)
    return tuple(found)


def _cut(sentence: str, pattern: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    start = 0
    for joint in pattern.finditer(sentence):
        former, rest = sentence[start : joint.start()], sentence[joint.end() :]
        if _may_part(former, joint[0], rest):
            found.append(former)
            start = joint.end()
    return [*found, sentence[start:]]


def _may_part(former: str, joint: str, rest: str) -> bool:
    """Whether what follows asks for something else than more columns or conditions of the same rows."""
    if not stands_alone(former):
        return False
    first = rest.split(maxsplit=1)[0].lower()
    if any(match["word"].lower() == first for match in _RELATIVE.finditer(former)):
        return False
    if not LISTING.match(former):
        return not re.match(r"[^?]*\beach\s*\??$", rest, re.IGNORECASE)
    is_clear = bool(LISTING.match(rest)) or bool(_STRONG.search(joint))
    return is_clear and not refers_to_rows(rest)


def _is_grouped_as_one(found: list[str]) -> bool:
    """Whether one grouping is meant for all: it stands behind the last clause alone."""
    if len(found) < 2 or any(points_back(clause) for clause in found[1:]):
        return False
    return bool(GROUPING.search(found[-1])) and not any(GROUPING.search(clause) for clause in found[:-1])


def _opposites(sentence: str) -> tuple[str, ...] | None:
    """Completes "Which airline has the most flights and which has the fewest?"."""
    other = _OTHER.search(sentence)
    if other is None or other.end() != len(sentence):
        return None
    first = sentence[: other.start()]
    superlative = _SUPERLATIVE.fullmatch(first)
    if superlative is None:
        return None
    return first, f"{superlative['before']}{other['most']}{superlative['after']}"
