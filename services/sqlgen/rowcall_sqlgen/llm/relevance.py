"""Which values and columns a question names, by the words that the engine's index knows."""

from collections.abc import Iterator, Sequence

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import LONGEST_NAME, is_stop_word
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, ValueMention
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import Word, words

MOST_WORDS = 400
"""Words of a question that are looked up; each costs a handful of look-ups."""
MOST_VALUES = 20


def values_named(question: str, index: SchemaIndex) -> tuple[ValueMention, ...]:
    """Returns stored values that the question names, longer ones first."""
    asked = words(question)[:MOST_WORDS]
    found = [
        (end - start, link.mention)
        for start, end in _spans(asked)
        for link in index.values.get(_lower(asked, start, end), ())
    ]
    ranked = sorted(found, key=lambda each: -each[0])
    return tuple(dict.fromkeys(mention for _, mention in ranked))[:MOST_VALUES]


def columns_named(question: str, index: SchemaIndex) -> frozenset[ColumnRef]:
    """Returns the columns that the question names, in whatever table."""
    asked = words(question)[:MOST_WORDS]
    links = (
        link
        for start, end in _spans(asked)
        if not all(is_stop_word(word) for word in asked[start:end])
        for link in index.phrases.get(bag(tuple(word.lemma for word in asked[start:end])), ())
    )
    return frozenset(ref for link in links if isinstance(link.mention, ColumnMention) for ref in link.mention.columns)


def _spans(asked: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for start in range(len(asked)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(asked)) + 1):
            yield start, end


def _lower(asked: Sequence[Word], start: int, end: int) -> tuple[str, ...]:
    return tuple(word.lower for word in asked[start:end])
