"""How well each stretch of the question names each table and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import synonymous
from rowcall_sqlgen.engine.marks import ColumnRef, TableMention
from rowcall_sqlgen.engine.phrases import CONNECTORS, Bag, bag
from rowcall_sqlgen.engine.words import Word

LONGEST_NAME = 6
_SYNONYM_QUALITY = 0.8
_PAIR_QUALITY = 0.9

Named = TypeVar("Named", str, ColumnRef)


@dataclass(frozen=True, slots=True)
class Matches:
    """Best qualities 0..1: of whole columns and tables, and of a word (by position) with them."""

    tables: Mapping[str, float]
    columns: Mapping[ColumnRef, float]
    table_words: Mapping[tuple[int, str], float]
    column_words: Mapping[tuple[int, ColumnRef], float]

    def table_quality(self, table: str) -> float:
        """How well any words name the table."""
        return self.tables.get(table, 0.0)

    def column_quality(self, ref: ColumnRef) -> float:
        """How well any words name the column."""
        return self.columns.get(ref, 0.0)


def match(question: Sequence[Word], index: SchemaIndex) -> Matches:
    """Compares every stretch of up to six words with the names in the index, in any order of its words."""
    tables: _Best[str] = _Best()
    columns: _Best[ColumnRef] = _Best()
    for start, end in _stretches(question):
        said = [at for at in range(start, end) if question[at].lower not in CONNECTORS]
        for phrase, factor in _spellings(tuple(question[at].lemma for at in said)):
            for link in index.phrases.get(phrase, ()):
                mention, quality = link.mention, link.quality * factor
                if isinstance(mention, TableMention):
                    tables.note(mention.table, said, quality)
                    continue
                for ref in mention.columns:
                    columns.note(ref, said, quality if len(mention.columns) == 1 else quality * _PAIR_QUALITY)
    return Matches(tables.whole, columns.whole, tables.words, columns.words)


class _Best(Generic[Named]):
    """The best quality of each name, as a whole and by the words that said it."""

    def __init__(self) -> None:
        self.whole: dict[Named, float] = {}
        self.words: dict[tuple[int, Named], float] = {}

    def note(self, name: Named, said: Sequence[int], quality: float) -> None:
        self.whole[name] = max(quality, self.whole.get(name, 0.0))
        for at in said:
            self.words[at, name] = max(quality, self.words.get((at, name), 0.0))


def _stretches(question: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yields spans that neither begin nor end with a connecting word and hold nothing quoted."""
    for start, first in enumerate(question):
        if first.quoted or first.lower in CONNECTORS:
            continue
        for end in range(start + 1, min(start + LONGEST_NAME, len(question)) + 1):
            last = question[end - 1]
            if last.quoted:
                break
            if last.lower not in CONNECTORS:
                yield start, end


def _spellings(lemmas: tuple[str, ...]) -> Iterator[tuple[Bag, float]]:
    yield bag(lemmas), 1.0
    yield from ((spelling, _SYNONYM_QUALITY) for spelling in synonymous(lemmas))
