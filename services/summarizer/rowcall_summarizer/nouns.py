"""Names of tables and columns as nouns of a sentence."""

import re

from rowcall_summarizer.measures import words_of

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_PART = 3
_SPELLED_OUT_LETTERS = 5
"""By how much a lone word of the question must be longer than the column's to be its full form: `dest`, not `name`."""


def spelled(name: str, question: str) -> str:
    """Returns a name's words, spelled out where the question did: `dep_delay` is `departure delay` to who said so.

    Names that are no identifiers (`price * quantity`) stay as they are.
    """
    parts = words_of(name)
    if not parts or not re.fullmatch(r"\w+", name):
        return name
    asked = [word.lower() for word in _WORD.findall(question)]
    runs = (asked[start : start + len(parts)] for start in range(len(asked) - len(parts) + 1))
    full = next((run for run in runs if run != parts and _spells_out(run, parts)), parts)
    return " ".join([*full[:-1], _singular_as(full[-1], parts[-1])])


def plural(noun: str) -> str:
    """Returns the plural of a regular noun; what ends in one `s` is taken for a plural already."""
    if not noun or (noun.endswith("s") and not noun.endswith("ss")):
        return noun
    if noun.endswith(("ss", "x", "ch", "sh")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def singular(noun: str) -> str:
    """Returns the singular of a regular plural, and other nouns as they are."""
    if noun.endswith("ies") and len(noun) > len("flies"):
        return f"{noun[:-3]}y"
    if noun.endswith(("sses", "xes", "ches", "shes")):
        return noun[:-2]
    return noun[:-1] if noun.endswith("s") and not noun.endswith(("ss", "us", "is")) else noun


def counted(number: int, noun: str, *, text: str = "") -> str:
    """Returns a number with its noun: `1 airline`, `16 airlines`."""
    return f"{text or f'{number:,}'} {singular(noun) if number == 1 else plural(noun)}"


def same_noun(one: str, other: str) -> bool:
    """Whether two words differ at most in number."""
    return singular(one.lower()) == singular(other.lower())


def mentions(question: str, name: str) -> bool:
    """Whether a question has the last word of a name, in either number."""
    last = _WORD.findall(name)[-1:]
    return bool(last) and any(same_noun(word, last[0]) for word in _WORD.findall(question))


def _spells_out(run: list[str], parts: list[str]) -> bool:
    pairs = list(zip(run, parts, strict=True))
    if not all(word == part or (len(part) >= _SHORTEST_PART and word.startswith(part)) for word, part in pairs):
        return False
    known = any(same_noun(word, part) for word, part in pairs)
    return known or all(len(singular(word)) >= len(part) + _SPELLED_OUT_LETTERS - 1 for word, part in pairs)


def _singular_as(word: str, part: str) -> str:
    """Returns `destination` for `dest` though `destinations` were asked for; a plural of the column's own stays."""
    return word if part.endswith("s") else singular(word)
