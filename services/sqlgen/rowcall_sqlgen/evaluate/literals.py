"""Values that reference statements mention: a changed copy must still hold them, or every result is empty."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlglot import exp

from rowcall_sqlgen.evaluate.parsing import parsed

Value = str | int | float | bytes | None
"""What SQLite stores."""
_SHORTEST_PART = 2
_WILDCARDS = "%_"


@dataclass(frozen=True, slots=True)
class Literals:
    """Numbers, whole texts in lower case, and the fixed parts of patterns."""

    numbers: frozenset[float]
    texts: frozenset[str]
    parts: tuple[str, ...]

    def mention(self, value: Value) -> bool:
        """Says whether a statement compares with this value, or with a pattern that it contains."""
        if isinstance(value, int | float):
            return value in self.numbers
        if not isinstance(value, str):
            return False
        text = value.lower()
        return text in self.texts or any(part in text for part in self.parts)


def literals_of(statements: Iterable[str]) -> Literals:
    """Returns what the statements mention; unreadable ones mention nothing."""
    found = [
        literal for sql in statements if (tree := parsed(sql)) is not None for literal in tree.find_all(exp.Literal)
    ]
    texts = {literal.name.lower() for literal in found if literal.is_string}
    patterns = {text for text in texts if any(wildcard in text for wildcard in _WILDCARDS)}
    parts = {part for text in patterns for part in text.replace("_", "%").split("%") if len(part) >= _SHORTEST_PART}
    numbers = [_number(literal.name) for literal in found]  # also quoted ones: SQLite compares '30' with numbers
    return Literals(
        numbers=frozenset(number for number in numbers if number is not None),
        texts=frozenset(texts),
        parts=tuple(sorted(parts)),
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
