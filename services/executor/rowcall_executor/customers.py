"""From a connection's id to its open database: loads, unseals, parses under the operator's policy."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rowcall_contracts.jobs import Job
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_databases.access import AccessPolicy
from rowcall_databases.database import Database, open_database
from rowcall_databases.errors import DatabaseError, FileNotFound, HostRefused, LocationRefused
from rowcall_databases.location import parse_uri
from rowcall_runtime.clock import Clock
from rowcall_runtime.crypto import CannotOpen, Opener
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_runtime.repository import Repository

_REFUSED = (LocationRefused, HostRefused, FileNotFound)


class Customers:
    """Opens customers' databases for jobs."""

    def __init__(self, connections: Repository[Connection], opener: Opener, policy: AccessPolicy, clock: Clock) -> None:
        self.connections = connections
        self._opener = opener
        self._policy = policy
        self._clock = clock

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
        try:
            location = parse_uri(self._opener.open(connection.uri), self._policy)
            async with open_database(location, now=self._clock.now) as database:
                yield database
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
