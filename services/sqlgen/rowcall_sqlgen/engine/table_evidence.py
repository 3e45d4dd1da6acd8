"""What each word of a question says of each table: as its name, as a column's, as a stored value, in a description.

Arrays have a row per table, in the catalog's order, and a column per word of the question.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import LONGEST_NAME, is_stop_word
from rowcall_sqlgen.engine.phrases import CONNECTORS, bag
from rowcall_sqlgen.engine.table_words import Floats, Names, Positions, TableWords, stem
from rowcall_sqlgen.engine.vocabulary import LEXICON, SYNONYMS
from rowcall_sqlgen.engine.words import Word, plain_words

# Set by hand on the databases of the fold `fit`, merged into one catalog by evaluate/warehouse.py.
_COLUMN = 0.55  # what a column's name says of its table, against the table's own name
_VALUE = 0.5
_DESCRIPTION = 0.5
_SYNONYM = 0.8
_RELATED = 0.7
_REFERENCE = 0.8  # a reference rather names the other table
_WHOLE_NAME = 0.9  # how far a word counts less where the question says little else of the name
_WHOLE_COLUMN = 0.9
_LAST_WORD = 0.65  # of a table's name: it says what the rows are
_EXACT = 0.4  # the question says all words of a table's name
_QUOTED = 2.0
_PLURAL = 0.8  # `professors`, where `Professor` is stored
_WIDTH = 0.75  # as b in BM25: the more columns a table has, the less any of them says
_LEAST_WIDTH = 0.5

Spellings = Mapping[str, float]
"""Words of names that a word of the question may stand for, and how well it does."""


def evidence(question: Sequence[Word], index: SchemaIndex) -> Floats:
    """Returns what each word says of each table, 0 for nothing. There must be a table.

    A word that speaks of few tables says more than one that speaks of many: by the root of its inverse document
    frequency, in each kind of naming for itself.
    """
    known = index.table_words
    kinds = (
        *_naming(question, known),
        _VALUE * _stored(question, index) / _width(known),
        _DESCRIPTION * _described(question, known),
        _defined(question, index),
    )
    strongest: Floats = np.maximum.reduce([kind * _rarity(kind) for kind in kinds])
    return strongest


def _rarity(said: Floats) -> Floats:
    tables, named = len(said), np.maximum(1, np.count_nonzero(said, axis=0))
    rarity: Floats = np.sqrt(np.log(1 + tables / named) / np.log(1 + tables)).astype(np.float32)
    return rarity


def _width(known: TableWords) -> Floats:
    """Returns what to divide by where a table of many columns would else have a bit of everything."""
    average = max(1.0, float(known.widths.mean()))
    width: Floats = np.maximum(1 - _WIDTH + _WIDTH * known.widths / average, _LEAST_WIDTH)[:, None]
    return width


def _naming(question: Sequence[Word], known: TableWords) -> tuple[Floats, Floats]:
    """Returns what words say of tables by their names, and by those of their columns."""
    naming = {at: word for at, word in enumerate(question) if _may_name(word)}
    lemmas = {lemma: number for number, lemma in enumerate(dict.fromkeys(word.lemma for word in naming.values()))}
    spellings = [_spellings(lemma, known) for lemma in lemmas]
    tables, columns = np.zeros((2, len(known.positions), len(question)), dtype=np.float32)
    places, numbers = list(naming), [lemmas[word.lemma] for word in naming.values()]
    tables[:, places] = _by_table_names(spellings, known)[:, numbers]
    columns[:, places] = _by_column_names(spellings, known)[:, numbers]
    return tables, _COLUMN * columns / _width(known)


def _may_name(word: Word) -> bool:
    return not (word.quoted or word.lower.isdecimal() or is_stop_word(word) or word.lower in CONNECTORS)


def _spellings(lemma: str, known: TableWords) -> Spellings:
    related = dict.fromkeys(known.related.get(stem(lemma), ()), _RELATED)
    return related | dict.fromkeys(SYNONYMS.get(lemma, ()), _SYNONYM) | {lemma: 1.0}


def _by_table_names(spellings: Sequence[Spellings], known: TableWords) -> Floats:
    held = _held(spellings, known.names.holders, len(known.names.lengths))
    ends = _held(spellings, known.names.ends, len(known.names.lengths)).max(axis=1, initial=0)
    covered = _covered(held, known.names)
    share = (1 - _LAST_WORD) * covered + _LAST_WORD * ends
    by_name: Floats = held * (1 - _WHOLE_NAME + _WHOLE_NAME * share + _EXACT * (covered >= 1))[:, None]
    return by_name


def _by_column_names(spellings: Sequence[Spellings], known: TableWords) -> Floats:
    held = _held(spellings, known.columns.holders, len(known.columns.lengths))
    covered = _covered(held, known.columns)
    factor = (1 - _WHOLE_COLUMN + _WHOLE_COLUMN * covered) * np.where(known.refers, np.float32(_REFERENCE), 1)
    said = np.flatnonzero(covered)
    best = np.zeros((len(known.positions), len(spellings)), dtype=np.float32)
    np.maximum.at(best, known.columns.tables[said], (held * factor[:, None])[said])
    return best


def _held(spellings: Sequence[Spellings], holders: Mapping[str, Positions], count: int) -> Floats:
    """Returns by name and word how well the word stands for one of the name's words."""
    held = np.zeros((count, len(spellings)), dtype=np.float32)
    for number, each in enumerate(spellings):
        for word, quality in each.items():
            at = holders.get(word)
            if at is not None:
                held[at, number] = np.maximum(held[at, number], quality)
    return held


def _covered(held: Floats, names: Names) -> Floats:
    covered: Floats = np.minimum(1, held.sum(axis=1) / names.lengths)
    return covered


def _stored(question: Sequence[Word], index: SchemaIndex) -> Floats:
    said = np.zeros((len(index.tables), len(question)), dtype=np.float32)
    positions = index.table_words.positions
    for start, end, value, quality in _values(question):
        tables = [positions[link.mention.table] for link in index.values.get(value, ())]
        if tables:
            said[tables, start:end] = np.maximum(said[tables, start:end], quality)
    return said


def _values(question: Sequence[Word]) -> Iterator[tuple[int, int, tuple[str, ...], float]]:
    """Yields stretches of words that may be stored values."""
    for start, end in _stretches(question):
        said = question[start:end]
        if end - start == 1 and said[0].quoted:
            yield start, end, plain_words(said[0].text), _QUOTED
        elif not all(is_stop_word(word) or (word.lower,) in LEXICON for word in said):
            yield start, end, tuple(word.lower for word in said), 1.0
            if said[-1].lemma != said[-1].lower:
                yield start, end, (*(word.lower for word in said[:-1]), said[-1].lemma), _PLURAL


def _stretches(question: Sequence[Word]) -> Iterator[tuple[int, int]]:
    for start in range(len(question)):
        for end in range(start + 1, min(start + LONGEST_NAME, len(question)) + 1):
            yield start, end


def _described(question: Sequence[Word], known: TableWords) -> Floats:
    said = np.zeros((len(known.positions), len(question)), dtype=np.float32)
    for at, word in enumerate(question):
        if _may_name(word):
            said[known.described.get(word.lemma, ()), at] = 1
    return said


def _defined(question: Sequence[Word], index: SchemaIndex) -> Floats:
    """Returns what words say of tables by the terms that people defined."""
    said = np.zeros((len(index.tables), len(question)), dtype=np.float32)
    for start, end in _stretches(question) if index.terms.said else ():
        mention = index.terms.said.get(bag(tuple(word.lemma for word in question[start:end])))
        if mention is not None and mention.table in index.tables:
            said[index.table_words.positions[mention.table], start:end] = 1
    return said
