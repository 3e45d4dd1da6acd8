"""Text that comes from a database, made fit for a prompt: one line of visible characters, bounded, nothing hidden."""

import re

LONGEST_NAME = 128
"""Characters; engines allow 63 to 255, and what is longer is no name that anybody writes into a query."""
LONGEST_CELL = 80
"""Characters of a value: a longer one is prose, not something to compare with."""

_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"  # control characters and line separators
    "\u200b\u2060\ufeff\u00ad"  # zero-width; the joiners U+200C and U+200D stay, words of some languages need them
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions: text that reads otherwise than it is
    "\U000e0000-\U000e007f\ud800-\udfff]+"  # tags, which no person sees and a model reads; lone surrogates
)


def plain(text: str, most: int) -> str:
    """Returns the text with hidden characters as single spaces, cut to `most` characters."""
    visible = _HIDDEN.sub(" ", text[: 4 * most]).strip()
    return visible if len(visible) <= most else visible[: most - 1] + "…"


def is_plain_name(name: str) -> bool:
    """Says whether a name can be told to a model and come back unchanged; one with hidden characters cannot."""
    return 0 < len(name) <= LONGEST_NAME and not _HIDDEN.search(name)


def is_plain_cell(value: object) -> bool:
    """Says whether a value is worth telling: a number, or a short text without hidden characters."""
    if isinstance(value, str):
        return len(value) <= LONGEST_CELL and not _HIDDEN.search(value)
    return isinstance(value, int | float)
