"""Keys that a database does not declare, told by names, by uniqueness and by the values that columns share.

The evidence is that of foreign key discovery (Rostin et al. 2009, "A machine learning approach to foreign key
discovery"): the referred column is unique, is its table's key, is named alike, and holds the other one's values.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rowcall_contracts.catalog import Column, ColumnKind, ForeignKey, Table
from rowcall_sqlgen.engine.identifiers import identifier_words, spelled_words
from rowcall_sqlgen.engine.naming import name_columns

LEAST_SHARED = 0.5
"""Of the referring column's values: data that no constraint guards has orphans."""
_KEY_WORDS = frozenset({"id", "code", "key", "uuid", "guid", "isbn", "ssn"})
_VAGUE = frozenset((word,) for word in _KEY_WORDS)
_TEXTS = frozenset({ColumnKind.TEXT})
_NUMBERS = frozenset({ColumnKind.INTEGER, ColumnKind.DECIMAL})
_LONGEST_INITIALS = 3
_NOT_THE_KEY = 0.3
_FEWEST_PLACES = 5
"""Values that are among another table's by chance are fewer."""
_MEASURED = frozenset("age rank year month day date time count number score price amount name title".split())
_PERSONS = frozenset(
    """
    advisor adviser supervisor manager boss leader head chair director owner author editor reviewer teacher instructor
    lecturer tutor mentor coach captain assistant secretary assignee reporter creator sender receiver
    """.split()
)
"""What a person is to somebody: a number in a column called so is that person's key."""
_PARTS_OF_NAMES = frozenset((word, "name") for word in ("first", "last", "middle", "full", "given", "family"))

_Words = tuple[str, ...]


def with_inferred_keys(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Returns the tables with primary keys where none is declared, and references of columns that declare none.

    Views get neither: they show rows that other tables hold.
    """
    keyed = {name: table if table.is_view else _with_primary_key(table) for name, table in tables.items()}
    parents = _Parents()
    for parent in _possible_parents(keyed.values()):
        parents.add(parent)
    found: set[_Reference] = set()
    for table in keyed.values():
        if not table.is_view:
            found.update(each for each in _references(table, parents) if each.reversed() not in found)
    found.update(_of_islands(keyed, found))
    of_tables: dict[str, list[_Reference]] = defaultdict(list)
    for each in found:
        of_tables[each.table].append(each)
    return {name: _with_references(table, of_tables[name]) for name, table in keyed.items()}


def _of_islands(tables: Mapping[str, Table], found: Iterable["_Reference"]) -> Iterator["_Reference"]:
    """Yields how tables without any reference hang together: `classroom` of pupils, by that of teachers, who have one
    each. The two columns are called the same, and nothing else is.
    """
    declared = ((table.name, key.referred_table) for table in tables.values() for key in table.foreign_keys)
    joined = {name for pair in (*declared, *((each.table, each.referred_table) for each in found)) for name in pair}
    islands = [table for table in tables.values() if table.name not in joined and not table.is_view]
    places: dict[_Words, list[tuple[Table, Column]]] = defaultdict(list)
    for table in islands:
        for column in table.columns:
            if _is_unique(column, table) and _may_be_place(spelled_words(column.name)):
                places[spelled_words(column.name)].append((table, column))
    for table in islands:
        shared = [
            _Reference(table.name, column.name, other.name, place.name)
            for column in table.columns
            for other, place in places.get(spelled_words(column.name), ())
            if other is not table and not _is_unique(column, table) and _lies_in(column, place)
        ]
        if len(shared) == 1:
            yield shared[0]


def _may_be_place(words: _Words) -> bool:
    return words not in _PARTS_OF_NAMES and words[-1] not in _MEASURED


def _lies_in(column: Column, place: Column) -> bool:
    mine = set(column.profile.values)
    return len(mine) >= _FEWEST_PLACES and column.kind in _comparable_kinds(place) and mine <= set(place.profile.values)


class _Reference(NamedTuple):
    """A column that refers to another one."""

    table: str
    column: str
    referred_table: str
    referred_column: str

    def reversed(self) -> "_Reference":
        return _Reference(self.referred_table, self.referred_column, self.table, self.column)


@dataclass(frozen=True, slots=True)
class _Parent:
    """A column that others may refer to; `words` and `own` are those of its name and of its table's."""

    table: Table
    column: Column
    words: _Words
    own: _Words

    @property
    def is_primary(self) -> bool:
        return self.table.primary_key == (self.column.name,)


@dataclass(frozen=True, slots=True)
class _Parents:
    """Found by the words of the column or, if it is the primary key, of its table."""

    by_column: dict[_Words, list[_Parent]] = field(default_factory=lambda: defaultdict(list))
    by_table: dict[_Words, list[_Parent]] = field(default_factory=lambda: defaultdict(list))

    def add(self, parent: _Parent) -> None:
        self.by_column[parent.words].append(parent)
        if parent.is_primary:
            for words in {parent.own, parent.own[-1:]}:
                self.by_table[words].append(parent)

    def of_persons(self) -> Iterator[_Parent]:
        """Yields the keys of tables whose rows have first and last names."""
        for parent in {id(parent): parent for parents in self.by_table.values() for parent in parents}.values():
            if len(name_columns(parent.table)) > 1:
                yield parent

    def named_like(self, column: Column) -> Iterator[tuple[float, _Parent]]:
        """Yields what the column's name may mean, and how well it says so."""
        words = spelled_words(column.name)
        if words not in _VAGUE:
            yield from ((_likeness_of_namesakes(words, parent), parent) for parent in self.by_column.get(words, ()))
        head = words[:-1] if words[-1] in _KEY_WORDS else words
        if head != words:
            named = self.by_table.get(head, ())
            yield from ((0.95 if parent.own == head else 0.75, parent) for parent in named)
        elif column.name.lower().endswith("s"):  # `home_games` are a number of games
            return
        for start in range(1, len(head)):  # `from_airport`, `start_station_id`
            named = self.by_table.get(head[start:], ())
            yield from ((0.7, parent) for parent in named if parent.own == head[start:])


def _likeness_of_namesakes(words: _Words, parent: _Parent) -> float:
    if words in _PARTS_OF_NAMES or (not parent.is_primary and set(words).isdisjoint(parent.own)):
        return 0.0
    if words[:-1] == parent.own or words == parent.own or _is_initials(parent.column.name, parent.table.name):
        likeness = 1.0
    elif _is_named_after(words, parent.own):
        likeness = 0.8
    else:
        likeness = 0.6 * (len(words) > 1)
    return likeness - _NOT_THE_KEY * (not parent.is_primary)


def _possible_parents(tables: Iterable[Table]) -> Iterator[_Parent]:
    for table in tables:
        declared, own = _referring(table), spelled_words(table.name)
        for column in table.columns:
            is_key = table.primary_key == (column.name,) or (_is_unique(column, table) and _looks_like_key(column))
            if is_key and not table.is_view and column.name.lower() not in declared:
                yield _Parent(table, column, spelled_words(column.name), own)


def _with_primary_key(table: Table) -> Table:
    if table.primary_key:
        return table
    best = max(table.columns, key=lambda column: _key_likeness(column, table), default=None)
    if best is None or _key_likeness(best, table) == 0.0:
        return table
    return table.model_copy(update={"primary_key": (best.name,)})


def _key_likeness(column: Column, table: Table) -> float:
    """Returns how much a unique column looks like its table's key; 0.0 where it can't be one."""
    if not _is_unique(column, table) or not _comparable_kinds(column):
        return 0.0
    words, own = spelled_words(column.name), spelled_words(table.name)
    if words in _VAGUE or (_is_named_after(words, own) and words[:-1] == own):
        return 1.0
    if len(table.columns) > 1 and all(map(_looks_like_key, table.columns)):
        return 0.0  # a table of nothing else links others
    if _is_initials(column.name, table.name) or _is_named_after(words, own):
        return 0.9
    if words == own:
        return 0.8
    if _looks_like_key(column):
        return 0.5
    return 0.3 if column is table.columns[0] else 0.0


def _is_unique(column: Column, table: Table) -> bool:
    profile = column.profile
    return bool(table.row_count) and profile.distinct_count == table.row_count and not profile.null_count


def _comparable_kinds(column: Column) -> frozenset[ColumnKind]:
    return next((kinds for kinds in (_TEXTS, _NUMBERS) if column.kind in kinds), frozenset())


def _is_named_after(words: _Words, own: _Words) -> bool:
    """`airline_code` of airline, `class_id` of booking class."""
    return len(words) > 1 and words[-1] in _KEY_WORDS | {"number"} and words[:-1] in (own, own[-1:])


def _is_initials(column: str, table: str) -> bool:
    """`aid` of author, `tx_id` of transaction: how the table's name or its last word begins, or its words do."""
    head = column.lower().removesuffix("id").strip("_")
    words = identifier_words(table)
    is_short_key = column.lower().endswith("id") and 0 < len(head) <= _LONGEST_INITIALS
    return is_short_key and (
        words[0].startswith(head) or words[-1].startswith(head) or head == "".join(word[0] for word in words)
    )


def _looks_like_key(column: Column) -> bool:
    return not _KEY_WORDS.isdisjoint(spelled_words(column.name)) or column.name.lower().endswith("id")


def _with_references(table: Table, own: Iterable[_Reference]) -> Table:
    by_column = {each.column: each for each in own}
    keys = tuple(
        ForeignKey(columns=(column.name,), referred_table=each.referred_table, referred_columns=(each.referred_column,))
        for column in table.columns
        if (each := by_column.get(column.name))
    )
    return table.model_copy(update={"foreign_keys": (*table.foreign_keys, *keys)}) if keys else table


def _references(table: Table, parents: _Parents) -> Iterator[_Reference]:
    declared = _referring(table)
    for column in table.columns:
        parent = None if column.name.lower() in declared else _parent_of(column, table, parents)
        if parent:
            yield _Reference(table.name, column.name, parent.table.name, parent.column.name)


def _referring(table: Table) -> frozenset[str]:
    return frozenset(name.lower() for key in table.foreign_keys for name in key.columns)


def _parent_of(column: Column, table: Table, parents: _Parents) -> _Parent | None:
    """Returns what the column refers to; `None` also where two columns fit equally well."""
    if _is_own_key(column, table):
        return None
    likely = {
        parent.table.name: (likeness, parent)
        for likeness, parent in sorted(parents.named_like(column), key=lambda each: each[0])
        if likeness > 0.0 and parent.table.name != table.name and _may_refer(column, parent.column)
    }
    best = max((likeness for likeness, _ in likely.values()), default=0.0)
    found = [parent for likeness, parent in likely.values() if likeness == best] or _persons(column, table, parents)
    return found[0] if len(found) == 1 else None


def _persons(column: Column, table: Table, parents: _Parents) -> list[_Parent]:
    """`advisor` refers to the people among whose keys all its values are, if these are no mere count from 1."""
    if spelled_words(column.name)[-1] not in _PERSONS or column.kind not in _NUMBERS:
        return []
    others = (parent for parent in parents.of_persons() if parent.table.name != table.name)
    return [parent for parent in others if _lies_within(column, parent)]


def _lies_within(column: Column, parent: _Parent) -> bool:
    mine, theirs = column.profile, parent.column.profile
    low, high, first, last = mine.minimum, mine.maximum, theirs.minimum, theirs.maximum
    if not (isinstance(low, int) and isinstance(high, int) and isinstance(first, int) and isinstance(last, int)):
        return False
    known = mine.values and theirs.values
    inside = set(mine.values) <= set(theirs.values) if known else first <= low and high <= last
    return inside and low > (parent.table.row_count or 0)


def _is_own_key(column: Column, table: Table) -> bool:
    """`fare_id` of fare is what others refer to, `fare_id` of flight fare is not."""
    own = spelled_words(table.name)
    is_own = spelled_words(column.name)[:-1] in ((), own) or _is_initials(column.name, table.name)
    return table.primary_key == (column.name,) and is_own


def _may_refer(column: Column, parent: Column) -> bool:
    """Says whether enough of the column's values are among the parent's, as far as both are known."""
    if column.kind not in _comparable_kinds(parent):
        return False
    least = LEAST_SHARED if _looks_like_key(column) or column.kind in _TEXTS else 1.0
    mine, theirs = set(column.profile.values), set(parent.profile.values)
    if mine and theirs:
        return len(mine & theirs) >= least * len(mine)
    low, high = column.profile.minimum, column.profile.maximum
    first, last = parent.profile.minimum, parent.profile.maximum
    if isinstance(low, int) and isinstance(high, int) and isinstance(first, int) and isinstance(last, int):
        return least < 1.0 and low <= last and first <= high
    return True
