"""Values after `from` and `to`: `flights from LAX` is not about those to LAX, though only these have that value."""

from collections.abc import Iterator

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef, ValueMention
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS


def is_in_role(preposition: str, mention: ValueMention) -> bool:
    """Says whether the preposition tells the value's column from another one, for or against it."""
    wanted, refused = ROLE_WORDS.get(preposition, (frozenset[str](), frozenset[str]()))
    return not (wanted | refused).isdisjoint(spelled_words(mention.column.column))


def counterparts(preposition: str, mention: ValueMention, index: SchemaIndex) -> Iterator[ValueMention]:
    """Yields the value as one of the column that the preposition asks for, where the value's own contradicts it."""
    wanted, refused = ROLE_WORDS.get(preposition, (frozenset[str](), frozenset[str]()))
    if refused.isdisjoint(spelled_words(mention.column.column)):
        return
    for column in index.columns(mention.table):
        if not wanted.isdisjoint(spelled_words(column.column)) and _holds_the_same(column, mention.column, index):
            yield ValueMention(column, mention.value)


def _holds_the_same(one: ColumnRef, other: ColumnRef, index: SchemaIndex) -> bool:
    parents = index.graph.parent_of(one), index.graph.parent_of(other)
    return index.column(one).kind == index.column(other).kind and parents[0] == parents[1]
