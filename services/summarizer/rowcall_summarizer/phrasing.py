"""Small joints of sentences."""

from collections.abc import Sequence


def listed(texts: Sequence[str]) -> str:
    """Returns `a`, `a and b` or `a, b and c`."""
    return " and ".join(part for part in (", ".join(texts[:-1]), texts[-1]) if part) if texts else ""


def first_of(texts: Sequence[str], *, shown: int, total: int) -> str:
    """Returns a list of the first texts and how many follow: `a, b and 14 more`."""
    kept = list(texts[:shown])
    return listed([*kept, f"{total - len(kept):,} more"] if total > len(kept) else kept)


def sentence(text: str, *, begins_with_value: bool = False) -> str:
    """Returns a text with one full stop at its end, and a capital at its beginning unless a value stands there."""
    return f"{text[:1] if begins_with_value else text[:1].upper()}{text[1:].removesuffix('.')}."
