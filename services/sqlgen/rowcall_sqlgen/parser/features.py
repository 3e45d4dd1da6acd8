"""What is known of each node by itself, as short texts that a trained network has numbers for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from rowcall_contracts.catalog import Column
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.vocabulary import STOP_WORDS
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.matching import Named
from rowcall_sqlgen.parser.nodes import Nodes, ValueNode

Features = tuple[str, ...]

MOST_FEATURES = 8
LEMMA = "lemma "
_LEVELS = ((0.95, "exactly"), (0.8, "well"), (0.6, "partly"), (0.01, "hardly"))
_NUMBER = re.compile(r"[\d.,]+")
_YEARS = range(1500, 2101)
_MOST_WORDS = 4
_MOST_CHARACTERS = 5
_MOST_REFERENCES = 3
_COLUMNS_PER_STEP = 4


def features(nodes: Nodes, index: SchemaIndex) -> tuple[Features, ...]:
    """Returns at most `MOST_FEATURES` features for each node, in the order of the nodes."""
    by_table = _best_of_words(nodes.matches.table_words, frozenset(nodes.tables))
    by_column = _best_of_words(nodes.matches.column_words, frozenset(nodes.columns))
    words = (_of_word(at, nodes, by_table[at], by_column[at]) for at in range(len(nodes.words)))
    tables = (_of_table(table, nodes, index) for table in nodes.tables)
    return (*words, *tables, *_of_columns(nodes, index), *map(_of_value, nodes.values))


def _best_of_words(words: Mapping[tuple[int, Named], float], names: frozenset[Named]) -> defaultdict[int, float]:
    """Returns, by position, how well each word names the one of the names that it names best."""
    best: defaultdict[int, float] = defaultdict(float)
    for (at, name), quality in words.items():
        if name in names:
            best[at] = max(best[at], quality)
    return best


def _of_word(at: int, nodes: Nodes, by_table: float, by_column: float) -> Features:
    word = nodes.words[at]
    return (
        "word",
        LEMMA + ("?" if word.quoted else word.lemma),
        _form(word, at),
        "word as table " + _level(by_table),
        "word as column " + _level(by_column),
        *(("word in value",) if any(value.start <= at < value.end for value in nodes.values) else ()),
    )


def _form(word: Word, at: int) -> str:
    if word.quoted:
        return "quoted"
    if _NUMBER.fullmatch(word.lower):
        return "number"
    if at and word.text[:1].isupper():
        return "capitalised"
    return "stop word" if word.lower in STOP_WORDS else "plain word"


def _of_table(table: str, nodes: Nodes, index: SchemaIndex) -> Features:
    known = index.tables[table]
    return (
        "table",
        "table named " + _level(nodes.matches.table_quality(table)),
        f"table refers {min(len(known.foreign_keys), _MOST_REFERENCES)}",
        f"table width {min(len(known.columns) // _COLUMNS_PER_STEP, _MOST_WORDS)}",
    )


def _of_columns(nodes: Nodes, index: SchemaIndex) -> Iterable[Features]:
    spelled = [spelled_words(ref.column) for ref in nodes.columns]
    said = {value.column for value in nodes.values}
    for ref, name in zip(nodes.columns, spelled, strict=True):
        column = index.column(ref)
        yield (
            "column",
            f"kind {column.kind.value}",
            "role " + _role(ref, index),
            "content " + _content(ref, column, index),
            "column named " + _level(nodes.matches.column_quality(ref)),
            "column name shared" if spelled.count(name) > 1 else "column name its own",
            "column value said" if ref in said else "column value unsaid",
            "column of table named " + _level(nodes.matches.table_quality(ref.table)),
        )


def _role(ref: ColumnRef, index: SchemaIndex) -> str:
    if ref.column in index.tables[ref.table].primary_key:
        return "primary key"
    if index.graph.parent_of(ref) is not None:
        return "reference"
    return "name" if ref in index.names[ref.table] else "other"


def _content(ref: ColumnRef, column: Column, index: SchemaIndex) -> str:
    if index.is_quantity(ref):
        return "quantity"
    if index.is_unique(ref):
        return "unique"
    return "few values" if column.profile.values else "other"


def _of_value(value: ValueNode) -> Features:
    is_year = isinstance(value.value, int) and value.value in _YEARS
    return (
        "value",
        f"value {value.kind.value}",
        f"value words {min(value.end - value.start, _MOST_WORDS)}",
        f"value characters {min(len(str(value.value)), _MOST_CHARACTERS)}",
        "value year" if is_year else f"value {type(value.value).__name__}",
    )


def _level(quality: float) -> str:
    return next((name for least, name in _LEVELS if quality >= least), "not")
