"""What a question counts, in its own words."""

import re

_COUNTING = re.compile(
    r"\b(?:how many|number of|count of|count)\s+(?:(?:all|the|different|distinct)\s+)*", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_NOUN = 3
_COUNT_CALL = re.compile(r"\bcount\s*\(", re.IGNORECASE)
_FILTER = re.compile(r"\b(?:where|having)\b", re.IGNORECASE)
_LITERAL = re.compile(r"'(?:[^']|'')*'")


def counted_noun(question: str, sql: str) -> str | None:
    """Returns the noun that the question counts (`flights`, `late flights`), up to a word that the statement has too.

    The statement confirms it: where it counts nothing, or names no such table or column, there is no noun.
    """
    counting = _COUNTING.search(question)
    statement = _LITERAL.sub("", sql)
    if counting is None or _COUNT_CALL.search(statement) is None:
        return None
    known = {stem for word in _WORD.findall(statement) for stem in _stems(word)}
    words = _WORD.findall(question[counting.end() :])[:_LONGEST_NOUN]
    end = next((index + 1 for index, word in enumerate(words) if known & _stems(word)), None)
    return " ".join(words[:end]) if end else None


def is_filtered(sql: str) -> bool:
    """Whether the statement leaves rows out."""
    return _FILTER.search(_LITERAL.sub("", sql)) is not None


def _stems(word: str) -> set[str]:
    lowered = word.lower()
    endings = {"ies": "y", "es": "", "s": ""}
    cut = {lowered.removesuffix(end) + new for end, new in endings.items() if lowered.endswith(end)}
    return {lowered} | {stem for stem in cut if len(stem) > 2}
