"""Results for tests."""

from collections.abc import Sequence

from rowcall_contracts.catalog import Dialect
from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell, ResultColumn, ResultType

Columns = dict[str, ResultType]

TEXT, INTEGER, FLOAT, DECIMAL = ResultType.TEXT, ResultType.INTEGER, ResultType.FLOAT, ResultType.DECIMAL
DATE, TIMESTAMP, BOOLEAN, NULL = ResultType.DATE, ResultType.TIMESTAMP, ResultType.BOOLEAN, ResultType.NULL


def executed(
    columns: Columns,
    rows: Sequence[Sequence[Cell]],
    *,
    sql: str = "SELECT 1",
    row_count: int | None = None,
    truncated: bool = False,
) -> Executed:
    """A result with these rows; `row_count` where there are more than these."""
    return Executed(
        sql=sql,
        dialect=Dialect.SQLITE,
        columns=tuple(ResultColumn(name=name, type=type_) for name, type_ in columns.items()),
        rows=tuple(tuple(row) for row in rows),
        row_count=len(rows) if row_count is None else row_count,
        truncated=truncated,
        elapsed_ms=1,
    )
