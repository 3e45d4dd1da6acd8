"""What the network may point to: the tables, columns and values that a question could mean, few enough to weigh."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import Options, all_options
from rowcall_sqlgen.engine.marks import ColumnRef, Limit, Mark, Number, Quoted, ValueMention
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.automaton import Target
from rowcall_sqlgen.parser.matching import Matches, match

MOST_WORDS = 60
MOST_TABLES = 16
MOST_COLUMNS = 60
MOST_VALUES = 20
_OPTIONS_PER_SPAN = 8
_MOST_DOMAIN_VALUES = 3
_LONGEST_DOMAIN_VALUE = 6
_NAMED_WELL = 0.8
_DIGITS_OF_YEAR = 4
_LINKS = frozenset({"of", "the", "and", "de", "in"})


class ValueKind(StrEnum):
    """Where a value comes from."""

    STORED = "stored"  # the profile knows it
    NUMBER = "number"
    QUOTED = "quoted"
    CAPITALISED = "capitalised"  # words in capitals that nothing else explains: a name, perhaps
    DOMAIN = "domain"  # not said, but one of the few values of a column that is
    ONE = "one"  # not said: the limit of a superlative


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A literal; words `start` to `end` say it. `column`: where it is stored."""

    value: str | int | float
    kind: ValueKind
    start: int = 0
    end: int = 0
    column: ColumnRef | None = None


@dataclass(frozen=True, slots=True)
class Nodes:
    """Everything a question could mean. Positions run over words, tables, columns and values, in this order."""

    words: tuple[Word, ...]
    tables: tuple[str, ...]
    columns: tuple[ColumnRef, ...]
    values: tuple[ValueNode, ...]
    matches: Matches

    @property
    def first_table(self) -> int:
        """Position of the first table."""
        return len(self.words)

    @property
    def first_column(self) -> int:
        """Position of the first column."""
        return self.first_table + len(self.tables)

    @property
    def first_value(self) -> int:
        """Position of the first value."""
        return self.first_column + len(self.columns)

    def target(self, position: int) -> Target:
        """Returns what stands at a position behind the words."""
        if position >= self.first_value:
            return Target.VALUE
        return Target.COLUMN if position >= self.first_column else Target.TABLE

    def __len__(self) -> int:
        return self.first_value + len(self.values)

    def at(self, position: int) -> str | ColumnRef | ValueNode:
        """Returns the table's name, column or value at a position behind the words. Raises `IndexError`."""
        if position >= self.first_value:
            return self.values[position - self.first_value]
        if position >= self.first_column:
            return self.columns[position - self.first_column]
        return self.tables[position - self.first_table]


def nodes(
    question: Sequence[Word],
    index: SchemaIndex,
    today: date,
    *,
    wanted: frozenset[ColumnRef] = frozenset(),
    options: Sequence[Options] = (),
) -> Nodes:
    """Picks the likeliest nodes. Words beyond the limit are not read; `wanted` columns are always there.

    `options`: what the words from each position on may mean, where that is known already.
    """
    read = tuple(question[:MOST_WORDS])
    matches = match(read, index)
    linked = options if len(options) == len(read) else all_options(read, index, today)
    values = _values(read, index, linked, matches)
    columns = _columns(index, matches, frozenset(v.column for v in values if v.column), wanted)
    holding = {ref.table for ref in columns}
    tables = tuple(table for table in index.tables if table in holding)
    return Nodes(read, tables, columns, values, matches)


def _columns(
    index: SchemaIndex, matches: Matches, holders: frozenset[ColumnRef], wanted: frozenset[ColumnRef]
) -> tuple[ColumnRef, ...]:
    """All columns of a small schema; of a large one the best of the best tables, in the catalog's order."""
    ranked = {
        ref: _likelihood(ref, index, matches, ref in holders) + 10.0 * (ref in wanted)
        for table in index.tables
        for ref in index.columns(table)
    }
    if len(index.tables) > MOST_TABLES:
        kept = _best_tables(index, matches, ranked)
        ranked = {ref: likelihood for ref, likelihood in ranked.items() if ref.table in kept}
    best = set(sorted(ranked, key=lambda ref: -ranked[ref])[:MOST_COLUMNS])
    return tuple(ref for ref in ranked if ref in best)


def _likelihood(ref: ColumnRef, index: SchemaIndex, matches: Matches, holds_value: bool) -> float:
    return (
        matches.column_quality(ref)
        + 0.4 * matches.table_quality(ref.table)
        + 0.6 * holds_value
        + 0.25 * index.is_key(ref)
        + 0.25 * (ref in index.names[ref.table])
    )


def _best_tables(index: SchemaIndex, matches: Matches, ranked: Mapping[ColumnRef, float]) -> frozenset[str]:
    def likelihood(table: str) -> float:
        return matches.table_quality(table) + max((ranked[ref] for ref in index.columns(table)), default=0.0)

    return frozenset(sorted(index.tables, key=lambda table: -likelihood(table))[:MOST_TABLES])


def _values(
    question: Sequence[Word], index: SchemaIndex, options: Sequence[Options], matches: Matches
) -> tuple[ValueNode, ...]:
    found: dict[tuple[str, ColumnRef | None], ValueNode] = {}
    one = ValueNode(1, ValueKind.ONE)
    for node in (
        *_linked(question, options),
        *_quoted(question),
        one,
        *_domains(index, matches),
        *_capitalised(question),
    ):
        found.setdefault((str(node.value).lower(), node.column), node)
    return tuple(found.values())[:MOST_VALUES]


def _linked(question: Sequence[Word], options: Sequence[Options]) -> Iterator[ValueNode]:
    for start, word in enumerate(question):
        for end, meant in options[start].items():
            best = sorted(meant, key=lambda option: -option.quality)[:_OPTIONS_PER_SPAN]
            yield from (node for option in best if (node := _literal(option.mark, start, end)))
        if len(word.lower) == _DIGITS_OF_YEAR and word.lower.isdecimal():
            yield ValueNode(int(word.lower), ValueKind.NUMBER, start, start + 1)


def _literal(mark: Mark, start: int, end: int) -> ValueNode | None:
    match mark:
        case ValueMention(column, value):
            return ValueNode(value, ValueKind.STORED, start, end, column)
        case Number(value):
            return ValueNode(value, ValueKind.NUMBER, start, end)
        case Limit(count):
            return ValueNode(count, ValueKind.NUMBER, end - 1, end)
        case Quoted(text):
            return ValueNode(text, ValueKind.QUOTED, start, end)
    return None


def _quoted(question: Sequence[Word]) -> Iterator[ValueNode]:
    """What is in quotes may be meant as it stands, also where a value of that name is stored."""
    for at, word in enumerate(question):
        if word.quoted:
            yield ValueNode(word.text, ValueKind.QUOTED, at, at + 1)


def _domains(index: SchemaIndex, matches: Matches) -> Iterator[ValueNode]:
    """`is tenured`: the column is named, and what it stores is `Y` or `N`."""
    for ref, quality in matches.columns.items():
        stored = index.column(ref).profile.values
        if quality >= _NAMED_WELL and 0 < len(stored) <= _MOST_DOMAIN_VALUES:
            texts = (value for value in stored if isinstance(value, str) and len(value) <= _LONGEST_DOMAIN_VALUE)
            yield from (ValueNode(text, ValueKind.DOMAIN, column=ref) for text in texts)


def _capitalised(question: Sequence[Word]) -> Iterator[ValueNode]:
    at = 1
    while at < len(question):
        end = _end_of_name(question, at)
        if end == at:
            at += 1
            continue
        yield ValueNode(" ".join(word.text for word in question[at:end]), ValueKind.CAPITALISED, at, end)
        if end - at > 1:
            for single in range(at, end):
                if len(question[single].text) > 1:
                    yield ValueNode(question[single].text, ValueKind.CAPITALISED, single, single + 1)
        at = end


def _end_of_name(question: Sequence[Word], start: int) -> int:
    """Returns the end of a run of words in capitals; `of` and the like may stand inside it."""
    end = start
    for at in range(start, len(question)):
        if _is_capitalised(question[at]):
            end = at + 1
        elif at != end or question[at].lower not in _LINKS or end == start:
            break
    return end


def _is_capitalised(word: Word) -> bool:
    return word.text[:1].isupper() and not word.quoted
