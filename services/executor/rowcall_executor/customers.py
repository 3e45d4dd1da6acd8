"""From a connection's id to its open database: loads, unseals, parses under the operator's policy."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from rowcall_contracts.jobs import Job
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_databases.access import AccessPolicy
from rowcall_databases.database import Database, open_database
from rowcall_databases.errors import DatabaseError, FileNotFound, HostRefused, LocationRefused
from rowcall_databases.location import Location, parse_uri
from rowcall_executor.database_pool import DatabasePool
from rowcall_runtime.clock import Clock
from rowcall_runtime.crypto import CannotOpen, Opener
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_runtime.repository import Repository

_REFUSED = (LocationRefused, HostRefused, FileNotFound)


class Customers:
    """Opens customers' databases for jobs."""

    def __init__(
        self,
        connections: Repository[Connection],
        opener: Opener,
        *,
        policy: AccessPolicy,
        clock: Clock,
        pool: DatabasePool,
    ) -> None:
        self.connections = connections
        self._opener = opener
        self._policy = policy
        self._clock = clock
        self._pool = pool

    async def connection_of(self, job: Job) -> Connection:
        """Returns the connection that the job names.

        Raises:
            Permanent: it is gone, or belongs to another workspace.
        """
        connection = await self.connections.get(job.workspace_id, str(job.input["connection_id"]))
        if connection is None:
            raise Permanent(ProblemType.NOT_FOUND, "The job's connection no longer exists.")
        return connection

    @asynccontextmanager
    async def database_of(self, connection: Connection) -> AsyncIterator[Database]:
        """Opens the connection's database until the block ends.

        Raises:
            Permanent: it may not be opened, or cannot be with this URI.
            Retryable: it cannot be reached now.
        """
        with _told_as_step_errors():
            async with open_database(self._location_of(connection), now=self._clock.now) as database:
                yield database

    @asynccontextmanager
    async def lent_database_of(self, connection: Connection) -> AsyncIterator[Database]:
        """As `database_of`, but with a database that may have been open before; the next block gets it again."""
        with _told_as_step_errors():
            async with self._pool.lend(connection.id, self._location_of(connection)) as database:
                yield database

    def _location_of(self, connection: Connection) -> Location:
        return parse_uri(self._opener.open(connection.uri), self._policy)


@contextmanager
def _told_as_step_errors() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise as_step_error(error) from error
    except CannotOpen as error:
        raise Permanent(ProblemType.CONNECTION_FAILED, "Its URI was sealed for another key.") from error


def as_step_error(error: DatabaseError) -> Permanent | Retryable:
    """Says what a failure at a customer's database means for the job."""
    if isinstance(error, _REFUSED):
        return Permanent(ProblemType.LOCATION_REFUSED, str(error))
    if error.retryable:
        return Retryable(str(error), problem=ProblemType.CONNECTION_FAILED)
    return Permanent(ProblemType.CONNECTION_FAILED, str(error))
