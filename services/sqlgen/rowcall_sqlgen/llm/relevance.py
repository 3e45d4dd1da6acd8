"""How much a question has to do with each table, by the words that the engine's index knows."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.index import Link, SchemaIndex
from rowcall_sqlgen.engine.linking import LONGEST_NAME, is_stop_word
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, TableMention, ValueMention
from rowcall_sqlgen.engine.phrases import CONNECTORS, bag
from rowcall_sqlgen.engine.vocabulary import SYNONYMS
from rowcall_sqlgen.engine.words import Word, words

MOST_WORDS = 400
"""Words of a question that are looked up; each costs a handful of look-ups."""
MOST_VALUES = 20

_SYNONYM_QUALITY = 0.8
_COLUMN_WEIGHT = 0.8
_REFERENCE_WEIGHT = 0.4
_DESCRIPTION_QUALITY = 0.5
_LEAST_DESCRIBED = 4  # letters; shorter words stand inside too many others
_NEIGHBOUR_SHARE = 0.25

Scores = dict[str, float]


def table_scores(question: str, index: SchemaIndex) -> Scores:
    """Returns a score for each table that shares anything with the question; the more, the likelier it is needed.

    Each word counts once per table, with the best phrase that it is part of; a phrase that names many tables says
    little about any of them (inverse document frequency).
    """
    asked = words(question)[:MOST_WORDS]
    best: dict[str, dict[int, float]] = defaultdict(dict)
    for start, end, found in _phrases(asked, index):
        rarity = _rarity(len(found), len(index.tables))
        for table, quality in found.items():
            for at in range(start, end):
                best[table][at] = max(quality * rarity, best[table].get(at, 0.0))
    own = {table: sum(by_word.values()) for table, by_word in best.items()}
    return {table: score + _NEIGHBOUR_SHARE * _best_neighbour(table, own, index) for table, score in own.items()}


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


def _phrases(asked: Sequence[Word], index: SchemaIndex) -> Iterator[tuple[int, int, Scores]]:
    """Yields spans of the question with the tables that they may name, and how well."""
    texts = {table.name: text for table in index.tables.values() if (text := _text(table))}
    for start, end in _spans(asked):
        content = [word for word in asked[start:end] if word.lower not in CONNECTORS]
        if not content or all(is_stop_word(word) for word in content):
            continue
        found = _named(tuple(word.lemma for word in content), index)
        for link in index.values.get(_lower(asked, start, end), ()):
            found[link.mention.table] = max(link.quality, found.get(link.mention.table, 0.0))
        for table in _described(content, texts):
            found.setdefault(table, _DESCRIPTION_QUALITY)
        if found:
            yield start, end, found


def _named(lemmas: tuple[str, ...], index: SchemaIndex) -> Scores:
    found: Scores = {}
    for link in index.phrases.get(bag(lemmas), ()):
        found[link.mention.table] = max(_weighed(link, index), found.get(link.mention.table, 0.0))
    for synonym in SYNONYMS.get(lemmas[0], ()) if len(lemmas) == 1 else ():
        for link in index.phrases.get((synonym,), ()):
            found.setdefault(link.mention.table, _SYNONYM_QUALITY * _weighed(link, index))
    return found


def _weighed(link: Link, index: SchemaIndex) -> float:
    """A column names its table less than the table's own name does; a reference rather names the other table."""
    if isinstance(link.mention, TableMention):
        return link.quality
    refers = any(index.graph.parent_of(ref) for ref in link.mention.columns)
    return link.quality * (_REFERENCE_WEIGHT if refers else _COLUMN_WEIGHT)


def _described(content: Sequence[Word], texts: Mapping[str, str]) -> Iterator[str]:
    """Yields tables whose descriptions have the word."""
    if len(content) == 1 and len(content[0].lemma) >= _LEAST_DESCRIBED:
        yield from (table for table, text in texts.items() if content[0].lemma in text)


def _text(table: Table) -> str:
    return " ".join(each for each in (table.description, *(c.description for c in table.columns)) if each).lower()


def _spans(asked: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for start in range(len(asked)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(asked)) + 1):
            yield start, end


def _lower(asked: Sequence[Word], start: int, end: int) -> tuple[str, ...]:
    return tuple(word.lower for word in asked[start:end])


def _rarity(tables: int, of: int) -> float:
    """Returns 1 for a phrase that names one table, and near 0 for one that names all of many."""
    return math.log(1 + of / tables) / math.log(1 + of)


def _best_neighbour(table: str, own: Scores, index: SchemaIndex) -> float:
    referred = (key.referred_table for key in index.tables[table].foreign_keys)
    return max((own.get(name, 0.0) for name in referred if name != table), default=0.0)
