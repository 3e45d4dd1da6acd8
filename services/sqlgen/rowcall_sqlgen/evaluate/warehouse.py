"""One large catalog out of many small ones, as a warehouse that collects many systems looks."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product

from rowcall_contracts.catalog import Catalog, Column, ForeignKey, Table

PREFIXES = ("stg", "archive", "mart", "raw", "backup", "legacy", "test", "dw", "tmp", "old")
SEED = 20_250_101

Names = Mapping[tuple[str, str], str]
"""By database and table, in lower case: what the table is called in the warehouse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    """The catalog, and where the tables of the single databases are found in it; copies are not among these."""

    catalog: Catalog
    names: Names


def merged(catalogs: Mapping[str, Catalog], *, tables: int, columns: int) -> Warehouse:
    """Puts all databases side by side, then fills up to the number of tables and of columns with copies.

    A table's name stays as it is where no other database has it, and becomes `<database>_<table>` otherwise. Copies
    are of whole databases, with their keys, under a prefix; their tables are wide, as reports need them: they repeat
    columns of other tables as `<table>_<column>`, as many as it takes.
    """
    names = _names(catalogs)
    own = [table for db, catalog in catalogs.items() for table in _renamed_all(catalog, _siblings(db, names))]
    copies = list(islice(_copies(catalogs, taken=set(names.values())), max(0, tables - len(own))))
    wide = _widened(copies, own, columns - _width(own))
    first = next(iter(catalogs.values()))
    catalog = Catalog(
        dialect=first.dialect, fingerprint="warehouse", tables=(*own, *wide), profiled_at=first.profiled_at
    )
    return Warehouse(catalog=catalog, names=names)


def _names(catalogs: Mapping[str, Catalog]) -> dict[tuple[str, str], str]:
    tables = [(db, table.name) for db, catalog in catalogs.items() for table in catalog.tables]
    holders = Counter(name.lower() for _, name in tables)
    taken = {name for name, count in holders.items() if count == 1}
    names = {(db, name.lower()): name for db, name in tables if name.lower() in taken}
    for db, name in tables:
        if name.lower() not in taken:
            names[db, name.lower()] = _free(f"{db}_{name}", taken)
            taken.add(names[db, name.lower()].lower())
    return names


def _free(name: str, taken: set[str]) -> str:
    candidates = (name, *(f"{name}_{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate.lower() not in taken)


def _siblings(db: str, names: Names) -> dict[str, str]:
    return {table: name for (owner, table), name in names.items() if owner == db}


def _renamed_all(catalog: Catalog, names: Mapping[str, str]) -> list[Table]:
    return [_renamed(table, names) for table in catalog.tables]


def _renamed(table: Table, names: Mapping[str, str]) -> Table:
    keys = tuple(_pointed(key, names) for key in table.foreign_keys if key.referred_table.lower() in names)
    return table.model_copy(update={"name": names[table.name.lower()], "foreign_keys": keys})


def _pointed(key: ForeignKey, siblings: Mapping[str, str]) -> ForeignKey:
    return key.model_copy(update={"referred_table": siblings[key.referred_table.lower()]})


def _copies(catalogs: Mapping[str, Catalog], *, taken: set[str]) -> Iterator[Table]:
    """Yields copies of whole databases: each prefix takes every database once."""
    used = {name.lower() for name in taken}
    order = sorted(catalogs)
    random.Random(SEED).shuffle(order)  # noqa: S311 - any order, but always the same
    for prefix, db in product(PREFIXES, order):
        names = {table.name.lower(): _free(f"{prefix}_{table.name}", used) for table in catalogs[db].tables}
        used.update(name.lower() for name in names.values())
        yield from _renamed_all(catalogs[db], names)


def _widened(copies: Sequence[Table], own: Sequence[Table], columns: int) -> Iterator[Table]:
    """Yields the copies with further columns, evenly spread, so that they have as many columns in all.

    The columns of all databases are dealt out in turn, so that each stands in as many wide tables as any other.
    """
    spare = columns - _width(copies)
    deck = cycle((table, column) for table in own for column in table.columns)
    for done, table in enumerate(copies):
        wide = _with_more(table, deck, max(0, spare) // (len(copies) - done))
        spare -= len(wide.columns) - len(table.columns)
        yield wide


def _with_more(table: Table, deck: Iterator[tuple[Table, Column]], count: int) -> Table:
    columns = {column.name.lower(): column for column in table.columns}
    for source, column in islice(deck, count):
        name = f"{source.name}_{column.name}"
        columns.setdefault(name.lower(), column.model_copy(update={"name": name}))
    return table.model_copy(update={"columns": tuple(columns.values())})


def _width(tables: Iterable[Table]) -> int:
    return sum(len(table.columns) for table in tables)
