"""Tables assembled from the flat rows that an engine's own catalog gives."""

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from rowcall_contracts.catalog import Column, ForeignKey, Table
from rowcall_databases.errors import SchemaTooLarge
from rowcall_databases.kinds import kind_of

PRIMARY_KEY = "p"
FOREIGN_KEY = "f"


class ColumnRow(NamedTuple):
    """One column and the table it is in."""

    namespace: str
    table: str
    is_view: bool
    estimated_rows: float | None  # negative: the engine never counted
    table_comment: str | None
    unqualified: bool  # whether the table's name alone finds it
    name: str
    declared: str
    base: str  # the declared type with a domain replaced by what it stands for
    nullable: bool
    comment: str | None


class KeyRow(NamedTuple):
    """One primary or foreign key."""

    namespace: str
    table: str
    kind: str
    referred_table: str | None
    columns: list[str]
    referred_columns: list[str] | None


def tables_from_rows(columns: Sequence[ColumnRow], keys: Sequence[KeyRow], max_tables: int) -> tuple[Table, ...]:
    """Returns the tables of `columns`, which are sorted by table. Raises `SchemaTooLarge` beyond `max_tables`."""
    grouped = [list(rows) for _, rows in groupby(columns, key=lambda row: row[:2])]
    if len(grouped) > max_tables:
        raise SchemaTooLarge(f"The database has more than {max_tables} tables and views.")
    keys_of = {name: list(rows) for name, rows in groupby(keys, key=lambda row: row[:2])}
    plain = len({row.namespace for row in columns}) == 1 and all(row.unqualified for row in columns)
    return tuple(_table(rows, keys_of.get(rows[0][:2], []), plain=plain) for rows in grouped)


def _table(rows: list[ColumnRow], keys: list[KeyRow], *, plain: bool) -> Table:
    first = rows[0]
    estimate = first.estimated_rows
    return Table(
        name=first.table,
        namespace=None if plain else first.namespace,
        is_view=first.is_view,
        columns=tuple(map(_column, rows)),
        primary_key=next((tuple(key.columns) for key in keys if key.kind == PRIMARY_KEY), ()),
        foreign_keys=tuple(_foreign_key(key) for key in keys if key.kind == FOREIGN_KEY),
        row_count=None if estimate is None or estimate < 0 else int(estimate),
        description=first.table_comment,
    )


def _column(row: ColumnRow) -> Column:
    return Column(
        name=row.name, type=row.declared, kind=kind_of(row.base), nullable=row.nullable, description=row.comment
    )


def _foreign_key(key: KeyRow) -> ForeignKey:
    return ForeignKey(
        columns=tuple(key.columns),
        referred_table=key.referred_table or "",
        referred_columns=tuple(key.referred_columns or ()),
    )
