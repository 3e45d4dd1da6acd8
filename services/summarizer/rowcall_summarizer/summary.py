"""A database in words, from its catalog."""

from collections.abc import Sequence

from rowcall_contracts.catalog import Catalog, Dialect, Table
from rowcall_contracts.jobs import MAX_OUTPUT_BYTES
from rowcall_contracts.outputs import DataSummary, TableSummary
from rowcall_summarizer.table_summary import brief_description, describe_table, references

DETAILED_BYTES = MAX_OUTPUT_BYTES * 5 // 8
ALL_BYTES = MAX_OUTPUT_BYTES * 7 // 8
"""Beyond the first, tables are described by their size alone; beyond the second, they are only counted."""

_ENGINES = {
    Dialect.SQLITE: "SQLite",
    Dialect.DUCKDB: "DuckDB",
    Dialect.POSTGRES: "PostgreSQL",
    Dialect.MYSQL: "MySQL",
}
_MOST_NAMED = 10
_OVERHEAD_BYTES = 60
"""Field names and punctuation of one table's entry in JSON."""


def summarize(catalog: Catalog) -> DataSummary:
    """Describes a database and each of its tables, in the catalog's order; the same catalog gives the same text.

    Where all would not fit into a step's output (`MAX_OUTPUT_BYTES`), the tables with most rows come first.
    """
    texts = _texts(catalog)
    tables = tuple(
        TableSummary(name=table.name, text=texts[position], row_count=table.row_count)
        for position, table in enumerate(catalog.tables)
        if position in texts
    )
    return DataSummary(text=_overview(catalog, described=len(tables)), tables=tables)


def _texts(catalog: Catalog) -> dict[int, str]:
    referred = references(catalog)
    used = 0
    texts: dict[int, str] = {}
    for position, table in _largest_first(catalog.tables):
        detailed = used < DETAILED_BYTES
        text = describe_table(table, referred=referred.get(table.name, ())) if detailed else brief_description(table)
        size = len(text.encode()) + len(table.name.encode()) + _OVERHEAD_BYTES
        if used + size > ALL_BYTES:
            break
        used += size
        texts[position] = text
    return texts


def _largest_first(tables: Sequence[Table]) -> list[tuple[int, Table]]:
    return sorted(enumerate(tables), key=lambda numbered: (-(numbered[1].row_count or 0), numbered[0]))


def _overview(catalog: Catalog, *, described: int) -> str:
    tables = catalog.tables
    if not tables:
        return f"The {_ENGINES[catalog.dialect]} database has no tables."
    rows = sum(table.row_count or 0 for table in tables)
    largest = [table.name for _, table in _largest_first(tables)[:_MOST_NAMED]]
    sentences = [
        f"The {_ENGINES[catalog.dialect]} database has {_tables(len(tables))} with {rows:,} rows in all.",
        f"{'Largest first' if len(tables) <= _MOST_NAMED else f'The {_MOST_NAMED} largest'}: {', '.join(largest)}.",
    ]
    if any(table.row_count is None for table in tables):
        sentences.append("Rows of some tables were not counted.")
    if described < len(tables):
        sentences.append(f"The {described:,} largest are described.")
    return " ".join(sentences)


def _tables(count: int) -> str:
    return "1 table" if count == 1 else f"{count:,} tables"
