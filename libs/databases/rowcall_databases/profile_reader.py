"""Runs the statements of a profile while its budget lasts."""

import asyncio

from rowcall_contracts.catalog import Table
from rowcall_contracts.results import ResultSet
from rowcall_databases.engine import Engine
from rowcall_databases.errors import QueryError, QueryTimeout, StatementRefused
from rowcall_databases.limits import ProfileBounds, QueryLimits
from rowcall_databases.quoting import relation

_MAX_BYTES = 4 * 1024 * 1024


class ProfileReader:
    """The budget begins when this is made."""

    def __init__(self, engine: Engine, bounds: ProfileBounds) -> None:
        self.bounds = bounds
        self.dialect = engine.dialect
        self._engine = engine
        self._deadline = self._time() + bounds.budget_s

    async def read(self, sql: str, *, max_rows: int = 1) -> ResultSet | None:
        """Returns the rows, or `None` when the budget is spent, or the statement took too long or failed.

        A broken or slow view so costs only its own profile; a lost connection is raised.
        """
        left_s = min(self._deadline - self._time(), self.bounds.statement_s)
        if left_s <= 0:
            return None
        limits = QueryLimits(timeout_s=left_s, max_rows=max_rows, max_bytes=_MAX_BYTES)
        try:
            return await self._engine.fetch(sql, limits)
        except (QueryError, QueryTimeout, StatementRefused):
            return None

    def sample(self, table: Table) -> str:
        """Returns a FROM item that reads a part of the table."""
        return self._engine.sample(relation(table, self.dialect), self.bounds.sample_rows)

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
