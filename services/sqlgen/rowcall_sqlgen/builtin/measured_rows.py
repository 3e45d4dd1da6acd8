"""Nouns alone as questions for a number: `flights` asks how many there are, `distance` how much in all."""

from rowcall_sqlgen.builtin.ratios.parts import MEASURING
from rowcall_sqlgen.builtin.returns.counts import named_tables
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import Word, words

Words = tuple[Word, ...]

_COUNTING = frozenset({"number", "numbers", "count", "how", "what", "show"})
_ARTICLES = frozenset({"the", "of", "in", "all"})
_HOW_MANY, _TOTAL = words("how many"), words("what is the total")
_CLEARLY = 0.8


def measured(said: Words, index: SchemaIndex) -> Words:
    """Returns the question for the number that the words name."""
    while said and said[0].lower in _ARTICLES:
        said = said[1:]
    if not said or said[0].lower in _COUNTING | MEASURING:
        return said
    return (*(_HOW_MANY if names_rows(said, index) else _TOTAL), *said)


def names_rows(said: Words, index: SchemaIndex) -> bool:
    """Says whether the words begin with the plural of a table's name."""
    return any(
        max(named_tables(said[:end], index).values(), default=0.0) >= _CLEARLY
        and said[end - 1].lower != said[end - 1].lemma
        for end in (2, 1)
        if len(said) >= end
    )
