"""Lists: items with numbers, letters or bullets, and the words before the first."""

import re
from dataclasses import dataclass
from itertools import pairwise

from rowcall_sqlgen.breakdown.vocabulary import PREPOSITIONS, is_preface, is_whole_question

_LINE_ITEM = re.compile(r"^[ \t]*(?:\d{1,2}[.)]|[a-z][.)]|\((?:\d{1,2}|[a-z])\)|[-*•–])[ \t]+(?=\S)", re.MULTILINE)
_INLINE_ITEM = re.compile(r"(?:^|(?<=\s))\(?(\d)[.)]\s+(?=[^\W\d])")
_PREPOSITION = re.compile(rf"(?:{PREPOSITIONS})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Itemized:
    """A list. `header` stands before it, without its colon."""

    header: str
    items: tuple[str, ...]

    def completed(self) -> tuple[str, ...] | None:
        """Returns the items with what the header says of each; `None` when that cannot be told."""
        if is_preface(self.header):
            return self.items
        if _PREPOSITION.match(self.header):
            return tuple(f"{self.header}, {item}" for item in self.items)
        if any(is_whole_question(item) for item in self.items) or not is_whole_question(self.header):
            return None
        return tuple(f"{self.header} {item}" for item in self.items)


def itemized(text: str) -> Itemized | None:
    """Returns the text as a list of two items or more, or `None`."""
    marks = [match.span() for match in _LINE_ITEM.finditer(text)]
    if len(marks) < 2:
        numbered = list(_INLINE_ITEM.finditer(text))
        if len(numbered) < 2 or [int(match[1]) for match in numbered] != list(range(1, len(numbered) + 1)):
            return None
        marks = [match.span() for match in numbered]
    items = [text[end:following] for (_, end), (following, _) in pairwise([*marks, (len(text), len(text))])]
    header = text[: marks[0][0]].strip().rstrip(":").rstrip()
    return Itemized(header, tuple(" ".join(item.split()) for item in items))
