"""The port that each database engine implements."""

from typing import Protocol, runtime_checkable

from rowcall_contracts.catalog import Dialect, Table
from rowcall_contracts.results import ResultSet
from rowcall_databases.limits import QueryLimits


class Engine(Protocol):
    """One connection to a customer's database, opened at the first call and read-only by the engine's own means.

    Calls do not run side by side. Any of them may raise the errors of `rowcall_databases.errors`.
    """

    @property
    def dialect(self) -> Dialect:
        """Which engine this is."""

    async def version(self) -> str:
        """Returns the engine's name and version after one real round trip."""

    async def structure(self, max_tables: int) -> tuple[Table, ...]:
        """Returns all readable tables and views without profiles; `row_count` is an estimate or `None`.

        Raises `SchemaTooLarge` beyond `max_tables`.
        """

    async def fetch(self, sql: str, limits: QueryLimits) -> ResultSet:
        """Runs one reading statement; when this is left, for whatever reason, nothing runs in the database any more."""

    def sample(self, relation: str, rows: int) -> str:
        """Returns a FROM item that reads about `rows` rows of the quoted `relation`, cheaply."""

    async def close(self) -> None:
        """Closes the connection; calling it twice is harmless."""


@runtime_checkable
class Reusable(Protocol):
    """An engine whose connection may stay open between pieces of work, because it is in nobody's way then.

    DuckDB's is not: nobody may write to a file as long as another process has it open.
    """

    async def refresh(self) -> bool:
        """Forgets all that the last piece of work may have left; False when the connection is no longer good."""
