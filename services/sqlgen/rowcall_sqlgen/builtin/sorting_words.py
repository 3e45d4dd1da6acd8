"""How rows are to be sorted, in words that the rest of the engine reads; what is asked for stays the same."""

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import Word, words

_SORTING = frozenset("sort order arrange".split())
_DETERMINERS = frozenset("the all these those each".split())
_ORDERS = frozenset("by order alphabetically".split())
_LIST = words("list")

_FALLING = (
    ("recent", "oldest"),
    ("recent", "earliest"),
    ("latest", "earliest"),
    ("latest", "oldest"),
    ("newest", "oldest"),
    ("greatest", "least"),
    ("greatest", "smallest"),
    ("largest", "smallest"),
    ("biggest", "smallest"),
    ("highest", "lowest"),
    ("high", "low"),
    ("most", "least"),
    ("most", "fewest"),
    ("longest", "shortest"),
    ("z", "a"),
)
_WAYS = {pair: words("in descending order") for pair in _FALLING} | {
    (last, first): words("in ascending order") for first, last in _FALLING
}
_BEFORE_ENDS = frozenset("the most".split())
_EXTREMES = {"maximum": words("highest"), "minimum": words("lowest")}


def listed(question: tuple[Word, ...], _: SchemaIndex) -> tuple[Word, ...]:
    """`Sort the names in descending order of age` lists them so: the verb itself says nothing of an order."""
    lower = [word.lower for word in question]
    if len(lower) < 2 or lower[0] not in _SORTING or lower[1] not in _DETERMINERS or _ORDERS.isdisjoint(lower[2:]):
        return question
    return (*_LIST, *question[1:])


def one_way(question: tuple[Word, ...], _: SchemaIndex) -> tuple[Word, ...]:
    """`From the most recent to the oldest` is descending."""
    lower = [word.lower for word in question]
    for start, word in enumerate(lower):
        first = _end(lower, start) if word == "from" else None
        last = _end(lower, first + 1) if first and lower[first + 1 : first + 2] == ["to"] else None
        way = _WAYS.get((lower[first], lower[last])) if first and last else None
        if way and last:
            return (*question[:start], *way, *question[last + 1 :])
    return question


def _end(lower: list[str], at: int) -> int | None:
    """Returns the last word of `the most recent` behind a word."""
    at += 1
    while at + 1 < len(lower) and lower[at] in _BEFORE_ENDS and lower[at + 1] != "to":
        at += 1
    return at if at < len(lower) else None


def superlative(question: tuple[Word, ...], _: SchemaIndex) -> tuple[Word, ...]:
    """`The song with the maximum length` is one song, and not a maximum for each."""
    said: list[Word] = []
    for at, word in enumerate(question):
        before = [each.lower for each in question[max(0, at - 2) : at]]
        said.extend(_EXTREMES[word.lower] if before == ["with", "the"] and word.lower in _EXTREMES else (word,))
    return tuple(said)
