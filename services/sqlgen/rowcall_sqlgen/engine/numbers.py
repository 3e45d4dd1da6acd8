"""Numbers in digits and in words."""

from collections.abc import Sequence

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SMALL = {word: value for value, word in enumerate(_UNITS)} | {w: 10 * i for i, w in enumerate(_TENS, start=2)}
_LARGE = {"hundred": 100, "thousand": 1_000, "k": 1_000, "million": 1_000_000, "billion": 1_000_000_000}


def read_number(words: Sequence[str]) -> tuple[float | int, int] | None:
    """Reads a number at the start of lower-case words: its value and how many words it took, or `None`."""
    value = _simple(words[0]) if words else None
    if value is None:
        return None
    taken = 1
    if words[0] in _TENS and len(words) > 1 and 0 < _SMALL.get(words[1], 0) < 10:
        value, taken = value + _SMALL[words[1]], 2
    while taken < len(words) and words[taken] in _LARGE:
        value, taken = value * _LARGE[words[taken]], taken + 1
    return value, taken


def _simple(word: str) -> float | int | None:
    if word in _SMALL:
        return _SMALL[word]
    digits = word.replace(",", "")
    if digits.isdecimal() and digits.isascii():
        return int(digits)
    try:
        return float(digits) if digits[:1].isdigit() and digits.replace(".", "", 1).isdecimal() else None
    except ValueError:
        return None
