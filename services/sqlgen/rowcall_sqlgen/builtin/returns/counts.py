"""What an element of a list counts: rows of a table that the query reads, or distinct values."""

from collections.abc import Iterator, Sequence

from rowcall_sqlgen.builtin.returns.columns import Named, named_columns
from rowcall_sqlgen.builtin.returns.measure_phrases import MeasurePhrase
from rowcall_sqlgen.builtin.returns.reach import measures_of, parents_of, tables_read, unnested
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import is_light_verb, synonymous
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef, TableMention
from rowcall_sqlgen.engine.meaning import Meaning, Measure
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.problems import NoMeaning
from rowcall_sqlgen.engine.repetition import unrepeated
from rowcall_sqlgen.engine.word_stems import is_said, stems
from rowcall_sqlgen.engine.words import Word

_ANY_ROWS = frozenset({"time", "record", "row", "occurrence", "entry", "instance"})
_OPENS_CLAUSE = frozenset("who that which in for by from with they he she it".split())


def count(phrase: MeasurePhrase, query: Meaning, main: Sequence[Word], *, index: SchemaIndex) -> Named | None:
    """Returns the number that the element names; `main`: the question whose query this is."""
    existing = [each for each in measures_of(query) if each.aggregate is Aggregate.COUNT]
    lemmas = [word.lemma for word in phrase.noun]
    if not phrase.distinct and _ANY_ROWS.issuperset(lemmas):
        measure = existing[0] if len(existing) == 1 else Measure(Aggregate.COUNT, query.source)
        return counted_once(measure, query, index)
    for noun in nouns(phrase.noun, main):
        found = _of_table(noun, query, distinct=phrase.distinct, index=index)
        if found:
            return found
    if phrase.distinct:
        return _of_values(phrase.noun, query, index)
    said = stems(word.lower for word in main)
    is_asked = all(is_said(word.lower, said) for word in phrase.noun)
    return Named((existing[0],), query) if len(existing) == 1 and is_asked else None


def nouns(said: Sequence[Word], main: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """Yields the words, then fewer: without a clause or a participle behind, and what the main question says before."""
    ended = next((at for at, word in enumerate(said) if at and word.lower in _OPENS_CLAUSE), len(said))
    known = stems(word.lower for word in main)
    for end in range(ended, 0, -1):
        for start in range(end):
            if all(is_said(word.lower, known) for word in said[:start]):
                yield tuple(said[start:end])
        last = said[end - 1]
        if not (last.lower.endswith("ed") or is_light_verb(last) or is_said(last.lower, known)):
            return


def counted_once(measure: Measure, query: Meaning, index: SchemaIndex) -> Named | None:
    """Returns the measure in a form that joins of the query leave right, if there is one."""
    groups = frozenset(key.table for key in query.group)
    try:
        return Named((unrepeated(measure, query.joins, groups, index=index),), query)
    except NoMeaning:
        return None


def named_tables(noun: Sequence[Word], index: SchemaIndex) -> dict[str, float]:
    """Returns the tables that the words may name, with how well they do."""
    lemmas = tuple(word.lemma for word in noun)
    found: dict[str, float] = {}
    for spelling, factor in ((bag(lemmas), 1.0), *((each, 0.8) for each in synonymous(lemmas))):
        for link in index.phrases.get(spelling, ()):
            if isinstance(link.mention, TableMention):
                found[link.mention.table] = max(found.get(link.mention.table, 0.0), link.quality * factor)
    for table in index.tables:
        if set(lemmas) <= set(spelled_words(table)):
            found.setdefault(table, 0.5)
    return found


def _of_table(noun: Sequence[Word], query: Meaning, *, distinct: bool, index: SchemaIndex) -> Named | None:
    tables = named_tables(noun, index)
    read = [table for table in tables_read(query) if table in tables]
    if read:
        table = max(read, key=lambda each: tables[each])
        return _of_rows(table, query, distinct=distinct, index=index)
    for flat in unnested(query, index):
        if any(table in tables for table in tables_read(flat)):
            return _of_table(noun, flat, distinct=distinct, index=index)
    steps = [step for far, step in parents_of(query, index).items() if far in tables and len(step.near_columns) == 1]
    if not distinct or len(steps) != 1:
        return None
    column = ColumnRef(steps[0].near, steps[0].near_columns[0])
    return Named((Measure(Aggregate.COUNT, column.table, column, distinct=True),), query)


def _of_rows(table: str, query: Meaning, *, distinct: bool, index: SchemaIndex) -> Named | None:
    existing = [each for each in measures_of(query) if each.aggregate is Aggregate.COUNT and each.table == table]
    if existing and not distinct and existing[0].column is None:
        return counted_once(existing[0], query, index)
    key = index.tables[table].primary_key
    if not distinct:
        return counted_once(Measure(Aggregate.COUNT, table), query, index)
    if len(key) != 1:
        return None
    return Named((Measure(Aggregate.COUNT, table, ColumnRef(table, key[0]), distinct=True),), query)


def _of_values(noun: Sequence[Word], query: Meaning, index: SchemaIndex) -> Named | None:
    named = named_columns(noun, query, index)
    column = named.items[0] if named and len(named.items) == 1 else None
    if named is None or not isinstance(column, ColumnRef):
        return None
    return Named((Measure(Aggregate.COUNT, column.table, column, distinct=True),), named.query)
