"""What an element of a list sums, averages or takes the extreme of."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rowcall_sqlgen.builtin.returns.columns import Named
from rowcall_sqlgen.builtin.returns.counts import counted_once, nouns
from rowcall_sqlgen.builtin.returns.measure_phrases import MeasurePhrase
from rowcall_sqlgen.builtin.returns.reach import measures_of, tables_read, unnested
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Calculation, Duration, Meaning, Measure
from rowcall_sqlgen.engine.word_stems import is_said, stems
from rowcall_sqlgen.engine.words import Word

_MONEY = frozenset({"revenue", "amount", "sale", "turnover", "earning", "income", "spending", "value", "spent"})
"""Words for money made or spent, whatever the column is called that holds it."""
_MONEY_COLUMNS = frozenset({"amount", "price", "revenue", "total"})
_VAGUE = frozenset({"amount", "value", "total", "revenue"})


def summed(phrase: MeasurePhrase, query: Meaning, main: Sequence[Word], *, index: SchemaIndex) -> Named | None:
    """Returns the measure that the element names; `main`: the question whose query this is."""
    existing = _existing(phrase, query, main)
    if existing:
        return existing
    for noun in nouns(phrase.noun, main):
        for reading in (query, *unnested(query, index)):
            found = _of_column(noun, phrase, reading, index=index) or _of_money(noun, phrase, reading, index=index)
            if found:
                return found
    return None


def _existing(phrase: MeasurePhrase, query: Meaning, main: Sequence[Word]) -> Named | None:
    """What the main question measures already, where the words speak of it."""
    shown = [item for item in query.items if isinstance(item, Calculation | Duration)]
    found = [each for each in (*measures_of(query), *shown) if each.aggregate is phrase.aggregate]
    said = stems(word.lower for word in main)
    lemmas = {word.lemma for word in phrase.noun} - _VAGUE
    is_asked = all(is_said(word.lower, said) for word in phrase.noun)
    fitting = [each for each in found if not lemmas or is_asked or lemmas & _words(each)]
    return Named((fitting[0],), query) if len(fitting) == 1 else None


def _words(item: Measure | Calculation | Duration) -> set[str]:
    if isinstance(item, Measure):
        return set(spelled_words(item.column.column)) if item.column else set()
    return {"duration", "time", "length"} if isinstance(item, Duration) else {item.arithmetic.value}


def _of_column(noun: Sequence[Word], phrase: MeasurePhrase, query: Meaning, *, index: SchemaIndex) -> Named | None:
    """A column of amounts whose name, with that of its table, has all the words."""
    said = {word.lemma for word in noun}
    found: list[tuple[float, ColumnRef]] = []
    for column in _quantities(query, index):
        own, table = set(spelled_words(column.column)), set(spelled_words(column.table))
        if said & own and said <= own | table:
            found.append((len(said & own) / len(own), column))
    best = max((share for share, _ in found), default=0.0)
    columns = [column for share, column in found if share == best]
    return _measure(columns[0], phrase, query, index) if len(columns) == 1 else None


def _of_money(noun: Sequence[Word], phrase: MeasurePhrase, query: Meaning, *, index: SchemaIndex) -> Named | None:
    """`revenue` where one column holds an amount of money; of what is counted first."""
    lemmas = {word.lemma for word in noun}
    counted = [measure.table for measure in measures_of(query)]
    for tables in (counted, tables_read(query)):
        known = {word for table in tables for word in spelled_words(table)}
        columns = [
            column
            for column in _quantities(query, index)
            if column.table in tables and _MONEY_COLUMNS.intersection(spelled_words(column.column))
        ]
        if len(columns) == 1 and lemmas & _MONEY and lemmas <= _MONEY | known:
            named = _measure(columns[0], phrase, query, index)
            text = " ".join(word.text for word in noun)
            return replace(named, note=f"`{text}` was read as {column_name(columns[0])}.") if named else None
    return None


def _quantities(query: Meaning, index: SchemaIndex) -> Iterator[ColumnRef]:
    for table in tables_read(query):
        yield from filter(index.is_quantity, index.columns(table))


def _measure(column: ColumnRef, phrase: MeasurePhrase, query: Meaning, index: SchemaIndex) -> Named | None:
    return counted_once(Measure(phrase.aggregate, column.table, column), query, index)
