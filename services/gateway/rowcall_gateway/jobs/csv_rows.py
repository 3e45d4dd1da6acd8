"""Rows as CSV (RFC 4180): a header line, CRLF, UTF-8. Values stand as they are, so that programs read them exactly.

NULL is an empty field and empty text is `""`, as PostgreSQL's COPY has it; Python's csv writes both alike before 3.12.
Text that a spreadsheet would take for a formula is not changed: import such columns as text.
"""

import re
from collections.abc import AsyncIterator, Iterable

from rowcall_contracts.results import Cell, ResultColumn
from rowcall_gateway.jobs.rows import Row

MEDIA_TYPE = "text/csv"

_PLAIN = re.compile(r'[^",\r\n]+')


async def csv_lines(columns: Iterable[ResultColumn], pages: AsyncIterator[tuple[Row, ...]]) -> AsyncIterator[str]:
    """Yields the header line, then each page's lines together."""
    yield _line(column.name for column in columns)
    async for rows in pages:
        yield "".join(_line(row) for row in rows)


def _line(cells: Iterable[Cell]) -> str:
    return ",".join(_field(cell) for cell in cells) + "\r\n"


def _field(cell: Cell) -> str:
    if cell is None:
        return ""
    text = str(cell).lower() if isinstance(cell, bool) else str(cell)
    return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '""') + '"'
