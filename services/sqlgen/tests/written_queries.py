"""Queries of the engine's own form, written as SQL and run on an engine."""

from collections.abc import Awaitable, Callable

import sqlglot

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.results import Cell, ResultSet
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Query
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.screening import may_run, own_may_run

Run = Callable[[str], Awaitable[ResultSet]]


async def rows_of(query: Query, index: SchemaIndex, catalog: Catalog, run: Run) -> list[list[Cell]]:
    """Writes the query, checks that it is stable and may run, and returns its rows."""
    sql = write_sql(query, index.dialect, index.tables)
    assert sqlglot.parse_one(sql, dialect=index.dialect.value).sql(dialect=index.dialect.value) == sql
    assert may_run(sql, catalog)
    assert own_may_run(sql, catalog)
    return plain_rows(await run(sql))


def plain_rows(result: ResultSet) -> list[list[Cell]]:
    """Returns rows that do not show whether an engine has decimals or floats, dates with or without a time."""
    return [list(map(_plain, row)) for row in result.rows]


def _plain(cell: Cell) -> Cell:
    try:
        return round(float(cell), 3) if cell is not None else None
    except ValueError:
        return str(cell).removesuffix("T00:00:00").removesuffix(" 00:00:00")
