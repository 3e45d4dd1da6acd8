"""Under which words a table or column may be named, and how good each naming is."""

from collections.abc import Iterator

from rowcall_sqlgen.engine.identifiers import identifier_words, snake_case, spelled_words
from rowcall_sqlgen.engine.word_stems import stem

_OF_ANOTHER = 0.85
"""Of `id` for `order_id` in a table `order_items`, whose own is `order_item_id`."""
_AGENT = 0.85
"""Of `directors` for `directed_by`."""
CONNECTORS = frozenset({"of", "the", "a", "an", "s", "for", "in"})

Bag = tuple[str, ...]
"""Sorted lemmas: the order of words is ignored, so that `date of birth` meets `birth_date`."""

_TABLE_PREFIXES = frozenset({"ref", "reference", "tbl", "tb", "dim", "fact", "stg", "lookup"})
_UNITS = frozenset(
    """
    f c fahrenheit celsius miles km kilometers kilometres meters metres cm mm inches feet ft mph kmh kph knots kg lb lbs
    pounds tons usd eur gbp dollars euros cents percent pct bytes kb mb gb ms sec secs seconds mins minutes hrs hours
    """.split()
)
"""Last words of names that say in what something is measured, and not what. Units of time stand there in the plural:
a `start_hour` is one of the clock."""
_VAGUE = frozenset("id name code number date type time description year key detail status value other count".split())


def bag(words: tuple[str, ...]) -> Bag:
    """Returns the key under which words in any order are found."""
    return tuple(sorted([word for word in words if word not in CONNECTORS]))


def table_phrases(name: str) -> Iterator[tuple[Bag, float]]:
    """Yields the namings of a table, best first: whole, without a technical prefix, by its last word."""
    yield (name.lower(),), 1.0
    yield bag(identifier_words(name)), 1.0
    words = spelled_words(name)
    yield bag(words), 0.98
    if len(words) > 1 and words[0] in _TABLE_PREFIXES:
        words = words[1:]
        yield bag(words), 0.95
    if len(words) > 1 and words[-1] not in _VAGUE:
        yield (words[-1],), 0.6
    if len(words) > 1 and words[0] not in _VAGUE:
        yield (words[0],), 0.5


def column_phrases(name: str, table: str) -> Iterator[tuple[Bag, float]]:
    """Yields the namings of a column: whole, with or without the table's words, and by some of its words."""
    yield (name.lower(),), 1.0
    yield bag(identifier_words(name)), 1.0
    words = spelled_words(name)
    yield bag(words), 0.98
    own = spelled_words(table)
    if not set(own) & set(words):
        yield bag((*own, *words)), 0.98
        if len(own) > 1:
            yield bag((own[-1], *words)), 0.9
    short = _without_table(words, own)
    if short != words:
        is_own = words[: len(own)] == own
        yield bag(short), 0.92 if is_own or len(own) == 1 else _OF_ANOTHER
        if is_own and len(own) > 1:
            yield bag(words[1:]), 0.92
    if len(words) == 2 and words[1] == "by":
        yield from ((bag((f"{stem(words[0])}{ending}",)), _AGENT) for ending in ("or", "er"))
    if len(short) > 1 and snake_case(name).split("_")[-1] in _UNITS:
        yield bag(short[:-1]), 0.92
    yield from _partial(short)


def _without_table(words: tuple[str, ...], table: tuple[str, ...]) -> tuple[str, ...]:
    """Drops the table's words or their abbreviation from the front: `stu_fname` in `student`."""
    if len(words) < 2:
        return words
    if words[: len(table)] == table and len(words) > len(table):
        return words[len(table) :]
    head = words[0]
    abbreviated = len(head) >= 3 and any(word.startswith(head) for word in table)
    return words[1:] if head in table or abbreviated else words


def _partial(words: tuple[str, ...]) -> Iterator[tuple[Bag, float]]:
    for size in range(len(words) - 1, 0, -1):
        for start in range(len(words) - size + 1):
            part = words[start : start + size]
            if size > 1 or part[0] not in _VAGUE:
                yield bag(part), 0.55 + 0.25 * size / len(words)
            elif start + size == len(words):
                yield bag(part), 0.5
