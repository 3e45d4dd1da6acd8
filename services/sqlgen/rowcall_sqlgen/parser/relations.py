"""How the nodes of a question hang together: one relation for each ordered pair."""

from collections.abc import Iterator, Sequence
from enum import IntEnum, auto

import numpy as np
from numpy.typing import NDArray

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.parser.nodes import Nodes, ValueNode

FARTHEST = 3
"""Words farther apart than this are all alike."""

Relations = NDArray[np.int32]
"""Square: what the column's node is to the row's."""


class Relation(IntEnum):
    """The second node is … of the first. A trained network fits one numbering only."""

    NONE = 0
    WORD_BEFORE_3 = auto()
    WORD_BEFORE_2 = auto()
    WORD_BEFORE_1 = auto()
    SAME_WORD = auto()
    WORD_AFTER_1 = auto()
    WORD_AFTER_2 = auto()
    WORD_AFTER_3 = auto()
    WORD_TO_TABLE = auto()
    TABLE_TO_WORD = auto()
    WORD_TO_COLUMN = auto()
    COLUMN_TO_WORD = auto()
    TABLE_NAMED = auto()
    TABLE_PARTLY_NAMED = auto()
    NAMES_TABLE = auto()
    PARTLY_NAMES_TABLE = auto()
    COLUMN_NAMED = auto()
    COLUMN_NAMED_WELL = auto()
    COLUMN_PARTLY_NAMED = auto()
    COLUMN_HARDLY_NAMED = auto()
    COLUMN_BY_VALUE = auto()
    NAMES_COLUMN = auto()
    NAMES_COLUMN_WELL = auto()
    PARTLY_NAMES_COLUMN = auto()
    HARDLY_NAMES_COLUMN = auto()
    SAYS_VALUE_OF_COLUMN = auto()
    VALUE_SAID = auto()
    VALUE_NEARBY = auto()
    SAYS_VALUE = auto()
    NEAR_VALUE = auto()
    COLUMN_OF_TABLE = auto()
    KEY_OF_TABLE = auto()
    TABLE_OF_COLUMN = auto()
    TABLE_OF_KEY = auto()
    SAME_TABLE = auto()
    SAME_COLUMN = auto()
    SIBLING_COLUMN = auto()
    REFERRED_COLUMN = auto()
    REFERRING_COLUMN = auto()
    COLUMN_OF_SAME_NAME = auto()
    REFERRED_TABLE = auto()
    REFERRING_TABLE = auto()
    STORED_VALUE = auto()
    STORED_IN = auto()
    VALUE_OF_TYPE = auto()
    COLUMN_OF_TYPE = auto()
    SAME_VALUE = auto()
    RIVAL_VALUE = auto()  # said by some of the same words


R = Relation
_TABLE_QUALITIES = ((0.9, R.TABLE_NAMED, R.NAMES_TABLE), (0.0, R.TABLE_PARTLY_NAMED, R.PARTLY_NAMES_TABLE))
_NAMED_PARTLY = 0.6
_COLUMN_QUALITIES = (
    (0.95, R.COLUMN_NAMED, R.NAMES_COLUMN),
    (0.8, R.COLUMN_NAMED_WELL, R.NAMES_COLUMN_WELL),
    (_NAMED_PARTLY, R.COLUMN_PARTLY_NAMED, R.PARTLY_NAMES_COLUMN),
    (0.0, R.COLUMN_HARDLY_NAMED, R.HARDLY_NAMES_COLUMN),
)


def relations(nodes: Nodes, index: SchemaIndex) -> Relations:
    """Returns the relations of all pairs of nodes."""
    found = np.zeros((len(nodes), len(nodes)), np.int32)
    words, tables = slice(0, nodes.first_table), slice(nodes.first_table, nodes.first_column)
    columns = slice(nodes.first_column, nodes.first_value)
    at = np.arange(len(nodes.words))
    found[words, words] = R.SAME_WORD + np.clip(at[None, :] - at[:, None], -FARTHEST, FARTHEST)
    found[words, tables], found[tables, words] = R.WORD_TO_TABLE, R.TABLE_TO_WORD
    found[words, columns], found[columns, words] = R.WORD_TO_COLUMN, R.COLUMN_TO_WORD
    found[columns, columns] = _among_columns(nodes)
    for first, second, relation in (*_of_schema(nodes, index), *_of_words(nodes), *_of_values(nodes, index)):
        found[first, second] = relation
    return found


def _among_columns(nodes: Nodes) -> Relations:
    names: dict[tuple[str, ...], int] = {}
    name = np.array([names.setdefault(spelled_words(ref.column), len(names)) for ref in nodes.columns], np.int32)
    table = np.array([nodes.tables.index(ref.table) for ref in nodes.columns], np.int32)
    same_name, same_table = name[:, None] == name[None, :], table[:, None] == table[None, :]
    found = np.where(same_name, R.COLUMN_OF_SAME_NAME, R.NONE)
    found = np.where(same_table, R.SIBLING_COLUMN, found)
    np.fill_diagonal(found, R.SAME_COLUMN)
    return found.astype(np.int32)


def _of_schema(nodes: Nodes, index: SchemaIndex) -> Iterator[tuple[int, int, Relation]]:
    tables = {table: nodes.first_table + at for at, table in enumerate(nodes.tables)}
    columns = {ref: nodes.first_column + at for at, ref in enumerate(nodes.columns)}
    for ref, at in columns.items():
        is_key = ref.column in index.tables[ref.table].primary_key
        yield tables[ref.table], at, R.KEY_OF_TABLE if is_key else R.COLUMN_OF_TABLE
        yield at, tables[ref.table], R.TABLE_OF_KEY if is_key else R.TABLE_OF_COLUMN
    for table, at in tables.items():
        yield at, at, R.SAME_TABLE
        for step in index.graph.parents(table):
            if step.far in tables:
                yield at, tables[step.far], R.REFERRED_TABLE
                yield tables[step.far], at, R.REFERRING_TABLE
            for near, far in zip(step.near_columns, step.far_columns, strict=True):
                ends = columns.get(ColumnRef(table, near)), columns.get(ColumnRef(step.far, far))
                if ends[0] is not None and ends[1] is not None:
                    yield ends[0], ends[1], R.REFERRED_COLUMN
                    yield ends[1], ends[0], R.REFERRING_COLUMN


def _of_words(nodes: Nodes) -> Iterator[tuple[int, int, Relation]]:
    tables = {table: at for at, table in enumerate(nodes.tables, nodes.first_table)}
    columns = {ref: at for at, ref in enumerate(nodes.columns, nodes.first_column)}
    for (word, table), quality in nodes.matches.table_words.items():
        yield from _naming(word, tables.get(table), quality, _TABLE_QUALITIES)
    for (word, ref), quality in nodes.matches.column_words.items():
        yield from _naming(word, columns.get(ref), quality, _COLUMN_QUALITIES)


def _naming(
    word: int, at: int | None, quality: float, levels: Sequence[tuple[float, Relation, Relation]]
) -> Iterator[tuple[int, int, Relation]]:
    """`at`: where the name stands, if it is among the nodes."""
    if at is not None:
        _, named, names = next(level for level in levels if quality >= level[0])
        yield word, at, named
        yield at, word, names


def _of_values(nodes: Nodes, index: SchemaIndex) -> Iterator[tuple[int, int, Relation]]:
    columns = {ref: nodes.first_column + at for at, ref in enumerate(nodes.columns)}
    for at, value in enumerate(nodes.values, nodes.first_value):
        yield at, at, R.SAME_VALUE
        yield from _said(at, value, nodes)
        for other, rival in enumerate(nodes.values, nodes.first_value):
            if other != at and max(value.start, rival.start) < min(value.end, rival.end):
                yield at, other, R.RIVAL_VALUE
        if value.column is None:
            suited = [ref for ref in columns if _suits(value, ref, index)]
            yield from ((columns[ref], at, R.VALUE_OF_TYPE) for ref in suited)
            yield from ((at, columns[ref], R.COLUMN_OF_TYPE) for ref in suited)
        elif value.column in columns:
            yield from _stored(at, value, columns[value.column], nodes)


def _suits(value: ValueNode, ref: ColumnRef, index: SchemaIndex) -> bool:
    return index.is_numeric(ref) != isinstance(value.value, str) and not index.is_key(ref)


def _stored(at: int, value: ValueNode, column: int, nodes: Nodes) -> Iterator[tuple[int, int, Relation]]:
    """Saying a value hints at its column, unless the same word already names the column."""
    yield column, at, R.STORED_VALUE
    yield at, column, R.STORED_IN
    for word in range(value.start, value.end):
        named = nodes.matches.column_words.get((word, nodes.columns[column - nodes.first_column]), 0.0)
        if named < _NAMED_PARTLY:
            yield word, column, R.COLUMN_BY_VALUE
            yield column, word, R.SAYS_VALUE_OF_COLUMN


def _said(at: int, value: ValueNode, nodes: Nodes) -> Iterator[tuple[int, int, Relation]]:
    if value.start == value.end:
        return
    for word in range(value.start, value.end):
        yield word, at, R.VALUE_SAID
        yield at, word, R.SAYS_VALUE
    for word in (value.start - 1, value.end):
        if 0 <= word < len(nodes.words):
            yield word, at, R.VALUE_NEARBY
            yield at, word, R.NEAR_VALUE
