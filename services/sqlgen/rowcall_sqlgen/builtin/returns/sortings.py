"""An order that stands behind a list: `ordered by total sales from highest to lowest`, `starting from the top`."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_sqlgen.engine.words import Word


@dataclass(frozen=True, slots=True)
class Sorting:
    """`key`: the words that say by what; none where the order of the list's own numbers is meant."""

    key: tuple[Word, ...]
    descending: bool


_CUES = frozenset({"ordered", "sorted", "ranked", "arranged", "starting"})
_REQUESTS = frozenset({"order", "sort", "rank", "arrange"})
_AFTER_REQUEST = frozenset({"by", "them", "it", "the", "in"})
_DIRECTIONS = dict.fromkeys(
    "ascending asc increasing lowest least fewest smallest shortest earliest oldest".split(), False
)
_DIRECTIONS |= dict.fromkeys("alphabetical alphabetically chronological chronologically".split(), False)
_DIRECTIONS |= dict.fromkeys("descending desc decreasing highest most largest longest latest newest top".split(), True)
_BEFORE_KEY = frozenset({"by", "of"})
_ENDS_KEY = frozenset({"in", "from", "with", "starting", ",", "and", "then", "to"})
_ARTICLES = frozenset({"the", "their", "its"})


def sorting_start(said: Sequence[Word]) -> int | None:
    """Returns where an order begins in the words of a list, if there is one."""
    for at, word in enumerate(said):
        following = {each.lower for each in said[at + 1 : at + 2]}
        in_order = word.lower == "in" and _DIRECTIONS.keys() & following
        if word.lower in _CUES or in_order or (word.lower in _REQUESTS and _AFTER_REQUEST & following):
            return at
    return None


def read_sorting(said: Sequence[Word]) -> Sorting | None:
    """Reads the words of an order; `None` where they say neither by what nor in which direction."""
    if sorting_start(said) != 0:
        return None
    lower = [word.lower for word in said]
    start = next((at + 1 for at, word in enumerate(lower) if word in _BEFORE_KEY), len(lower))
    key: list[Word] = []
    for word in said[start:]:
        if word.lower in _ENDS_KEY or word.lower in _DIRECTIONS:
            break
        if word.lower not in _ARTICLES:
            key.append(word)
    direction = next((_DIRECTIONS[word] for word in lower if word in _DIRECTIONS), None)
    return Sorting(tuple(key), bool(direction)) if key or direction is not None else None
