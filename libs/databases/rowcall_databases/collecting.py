"""Collects rows until a cap on rows or bytes is reached."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rowcall_contracts.results import Cell, ResultColumn, ResultSet
from rowcall_databases.cells import cell_bytes
from rowcall_databases.limits import QueryLimits

BATCH_ROWS = 256
"""Rows asked of a driver at a time: few enough that a cap on bytes cuts soon."""


@dataclass
class RowCollector:
    """Keeps rows while they fit `limits`; the first that does not fit ends the collection."""

    limits: QueryLimits
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    truncated: bool = False
    _bytes: int = 0

    def add(self, batch: Iterable[tuple[Cell, ...]]) -> bool:
        """Keeps what fits of `batch`; returns whether more rows are wanted."""
        for row in batch:
            size = sum(map(cell_bytes, row))
            if len(self.rows) >= self.limits.max_rows or self._bytes + size > self.limits.max_bytes:
                self.truncated = True
                return False
            self.rows.append(row)
            self._bytes += size
        return True

    def result(self, columns: Sequence[ResultColumn]) -> ResultSet:
        """Returns what was kept."""
        return ResultSet(columns=tuple(columns), rows=tuple(self.rows), truncated=self.truncated)
