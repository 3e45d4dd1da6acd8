"""What a catalog offers to be named in a question: tables, columns and values by their words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_sqlgen.engine.identifiers import identifier_words, spelled_words
from rowcall_sqlgen.engine.inferred_keys import with_inferred_keys
from rowcall_sqlgen.engine.joins import JoinGraph
from rowcall_sqlgen.engine.listed_people import QUALITY as LISTED_QUALITY
from rowcall_sqlgen.engine.listed_people import listed_people
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, TableMention, ValueMention
from rowcall_sqlgen.engine.naming import name_columns
from rowcall_sqlgen.engine.part_mentions import CALENDAR_WORDS, calendar_parts, date_mentions, route_mentions
from rowcall_sqlgen.engine.phrases import Bag, column_phrases, table_phrases
from rowcall_sqlgen.engine.place_codes import place_names
from rowcall_sqlgen.engine.role_nouns import RoleTables, role_tables
from rowcall_sqlgen.engine.table_words import TableWords, table_words
from rowcall_sqlgen.engine.terms import NO_TERMS, Term, Terms, collected
from rowcall_sqlgen.engine.words import lemma, plain_words

LONGEST_VALUE = 8
"""Words of a value that is found by its beginning or middle; longer ones are found whole only."""

_NUMERIC = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.FLOAT})
_DATED = frozenset({ColumnKind.DATE, ColumnKind.TIMESTAMP})

_KEY_WORDS = frozenset({"id", "code", "number", "ssn", "isbn", "zip", "phone"})

SchemaMention = TableMention | ColumnMention


@dataclass(frozen=True, slots=True)
class Link:
    """A table or column that a phrase may name; `quality` 0..1 falls with every liberty taken."""

    mention: SchemaMention
    quality: float


@dataclass(frozen=True, slots=True)
class ValueLink:
    """A stored value that a phrase may name."""

    mention: ValueMention
    quality: float


@dataclass(frozen=True, slots=True)
class SchemaIndex:
    """One connection's catalog, ready for linking. Immutable: build it once per catalog."""

    dialect: Dialect
    tables: Mapping[str, Table]
    names: Mapping[str, tuple[ColumnRef, ...]]
    phrases: Mapping[Bag, tuple[Link, ...]]
    values: Mapping[tuple[str, ...], tuple[ValueLink, ...]]
    parts: Mapping[tuple[str, ...], tuple[ValueLink, ...]]
    graph: JoinGraph
    roles: RoleTables
    table_words: TableWords
    terms: Terms = NO_TERMS

    def column(self, ref: ColumnRef) -> Column:
        """Returns the catalog's column. Raises `KeyError` for a reference from another catalog."""
        column = self.tables[ref.table].column(ref.column)
        if column is None:
            raise KeyError(ref)
        return column

    def is_numeric(self, ref: ColumnRef) -> bool:
        """Says whether sums and averages make sense on the column's type."""
        column = self.column(ref)
        ends = (column.profile.minimum, column.profile.maximum)
        # SQLite lets numbers stand in columns of any declared type.
        return column.kind in _NUMERIC or (column.kind is ColumnKind.TEXT and all(map(_is_number, ends)))

    def is_date(self, ref: ColumnRef) -> bool:
        """Says whether the column holds dates that compare as text or natively: typed so, or ISO 8601 throughout."""
        column = self.column(ref)
        if column.kind in _DATED:
            return column.profile.minimum is None or _is_iso(column.profile.minimum)
        ends = (column.profile.minimum, column.profile.maximum)
        return column.kind is ColumnKind.TEXT and all(_is_iso(end) for end in ends)

    def is_key(self, ref: ColumnRef) -> bool:
        """Says whether the column identifies rows: part of a primary key or of a reference to one."""
        table = self.tables[ref.table]
        return ref.column in table.primary_key or self.graph.parent_of(ref) is not None

    def may_hold(self, ref: ColumnRef, value: str) -> bool:
        """Says whether the column can contain a text: unknown values may be anything."""
        known = self.column(ref).profile.values
        return not known or value in known

    def is_unique(self, ref: ColumnRef) -> bool:
        """Says whether no two rows share a value, as far as keys and profile tell."""
        table = self.tables[ref.table]
        distinct = self.column(ref).profile.distinct_count
        return table.primary_key == (ref.column,) or (distinct is not None and distinct == table.row_count)

    def is_quantity(self, ref: ColumnRef) -> bool:
        """Says whether the column holds amounts, so that `how many seats` asks for its value and not for a count."""
        words = spelled_words(ref.column)
        named_as_key = words[-1] in _KEY_WORDS or self.is_named_as_table(ref) or self.is_calendar_part(ref)
        return self.is_numeric(ref) and not self.is_key(ref) and not named_as_key

    def is_calendar_part(self, ref: ColumnRef) -> bool:
        """Says whether the column holds one part of a date that its table keeps in several columns."""
        words = spelled_words(ref.column)
        return words[1:] == () and words[0] in CALENDAR_WORDS and len(calendar_parts(self.tables[ref.table])) > 1

    def is_named_as_table(self, ref: ColumnRef) -> bool:
        """Says whether the column is called what rows of its table, or of the one it refers to, are called."""
        words = identifier_words(ref.column)
        parent = self.graph.parent_of(ref)
        return words == identifier_words(ref.table) or (parent is not None and words == identifier_words(parent.table))

    def columns(self, table: str) -> tuple[ColumnRef, ...]:
        """Returns all columns of a table in catalog order."""
        return tuple(ColumnRef(table, column.name) for column in self.tables[table].columns)


def build_index(catalog: Catalog, terms: Sequence[Term] = ()) -> SchemaIndex:
    """Indexes a catalog. Tables of the same name in several namespaces: the first one counts.

    A phrase that is a term names what the term says, and nothing else.
    """
    first: dict[str, Table] = {}
    for table in catalog.tables:
        first.setdefault(table.name, table)
    tables = with_inferred_keys(first)
    names = {name: name_columns(table) for name, table in tables.items()}
    values, parts = _values(tables.values())
    said = collected(terms)
    graph = JoinGraph(tables.values())
    named = {phrase: (Link(mention, 1.0),) for phrase, mention in said.naming()}
    return SchemaIndex(
        dialect=catalog.dialect,
        tables=tables,
        names=names,
        phrases=_phrases(tables.values(), names) | named,
        values=values,
        parts=parts,
        graph=graph,
        roles=role_tables(tables.values()),
        table_words=table_words(tables, graph, declared=JoinGraph(first.values())),
        terms=said,
    )


def _phrases(tables: Iterable[Table], names: Mapping[str, tuple[ColumnRef, ...]]) -> dict[Bag, tuple[Link, ...]]:
    found: dict[Bag, list[Link]] = defaultdict(list)
    for table in tables:
        for mention, phrases in _named(table, names[table.name]):
            links = {quality: Link(mention, quality) for quality in phrases.values()}
            for bag, quality in phrases.items():
                found[bag].append(links[quality])
    linked = {bag: tuple(links) for bag, links in found.items()}
    people = {bag: (Link(mention, LISTED_QUALITY),) for bag, mention in listed_people(tables)}
    return people | linked | _of_several_columns(tables, linked)


def _named(table: Table, pair: tuple[ColumnRef, ...]) -> Iterator[tuple[SchemaMention, dict[Bag, float]]]:
    """Yields the phrases of a table, its columns and the `pair` that names its rows, each with its best quality."""
    yield TableMention(table.name), _best(table_phrases(table.name))
    naming = dict.fromkeys(_phrases_of_rows(table, pair), 0.9 if len(pair) > 1 else 0.85) if pair else {}
    for column in table.columns:
        ref = ColumnRef(table.name, column.name)
        phrases = _best(column_phrases(column.name, table.name))
        if pair == (ref,):
            phrases |= {bag: max(phrases[bag], naming.pop(bag)) for bag in phrases.keys() & naming}
        yield ColumnMention((ref,)), phrases
    if naming:
        yield ColumnMention(pair), naming


def _phrases_of_rows(table: Table, pair: tuple[ColumnRef, ...]) -> Iterator[Bag]:
    yield ("name",)
    if spelled_words(pair[0].column) != spelled_words(table.name):
        yield ("full", "name")
    yield from (tuple(sorted((*bag, "name"))) for bag, quality in table_phrases(table.name) if quality > 0.8)


def _best(phrases: Iterable[tuple[Bag, float]]) -> dict[Bag, float]:
    found: dict[Bag, float] = {}
    for bag, quality in phrases:
        if quality > found.get(bag, 0.0):
            found[bag] = quality
    return found


def _of_several_columns(tables: Iterable[Table], linked: Mapping[Bag, tuple[Link, ...]]) -> dict[Bag, tuple[Link, ...]]:
    """What names columns together: dates instead of days of the month, routes where nothing else is called so."""
    found: dict[Bag, tuple[Link, ...]] = {}
    for table in tables:
        for bag, mention in date_mentions(table):
            known = found.get(bag, linked.get(bag, ()))
            found[bag] = (Link(mention, 1.0), *(link for link in known if link.mention.table != table.name))
        for bag, mention in route_mentions(table):
            if bag not in linked:
                found[bag] = (*found.get(bag, ()), Link(mention, 1.0))
    return found


_Values = dict[tuple[str, ...], tuple[ValueLink, ...]]


def _values(tables: Iterable[Table]) -> tuple[_Values, _Values]:
    whole: dict[tuple[str, ...], list[ValueLink]] = defaultdict(list)
    parts: dict[tuple[str, ...], list[ValueLink]] = defaultdict(list)
    spellings = cache(_spellings)  # many tables hold the same values
    for table in tables:
        for column in table.columns:
            ref = ColumnRef(table.name, column.name)
            for value in column.profile.values:
                if isinstance(value, str) and (spelled := spellings(value)):
                    _add_value(ValueMention(ref, value), spelled, whole, parts)
            for code, place in place_names(column).items():
                whole[plain_words(place)].append(ValueLink(ValueMention(ref, code), 1.0))
    return _frozen(whole), _frozen(parts)


def _spellings(value: str) -> tuple[tuple[str, ...], ...]:
    """Returns the words of the value, and those in the singular if they differ; nothing where it has no words."""
    words = plain_words(value)
    return tuple(dict.fromkeys((words, tuple(map(lemma, words))))) if words else ()


def _add_value(
    mention: ValueMention,
    spellings: tuple[tuple[str, ...], ...],
    whole: dict[tuple[str, ...], list[ValueLink]],
    parts: dict[tuple[str, ...], list[ValueLink]],
) -> None:
    for spelling, quality in zip(spellings, (1.0, 0.95), strict=False):
        whole[spelling].append(ValueLink(mention, quality))
    words = spellings[0]
    if not 1 < len(words) <= LONGEST_VALUE:
        return
    for size in range(1, len(words)):
        link = ValueLink(mention, 0.6 + 0.3 * size / len(words))
        for start in range(len(words) - size + 1):
            parts[words[start : start + size]].append(link)


def _frozen(links: Mapping[tuple[str, ...], list[ValueLink]]) -> _Values:
    return {words: tuple(found) for words, found in links.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_iso(value: object) -> bool:
    return isinstance(value, str) and len(value) >= 10 and value[4:5] == "-" == value[7:8] and value[:4].isdigit()
