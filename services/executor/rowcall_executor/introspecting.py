"""Step `introspect`: learns structure and profile, and stores them as the connection's catalog."""

import time

from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.outputs import Introspected
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_databases.database import Database
from rowcall_executor.customers import Customers
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.clock import Clock
from rowcall_runtime.errors import Permanent
from rowcall_runtime.step import StepOutput


class Introspecting:
    """The handler. Only a summary asks for a fresh profile; for a question an unchanged structure is enough."""

    def __init__(self, customers: Customers, catalogs: CatalogStore, clock: Clock) -> None:
        self._customers = customers
        self._catalogs = catalogs
        self._clock = clock

    async def __call__(self, job: Job) -> StepOutput:
        """Reads the job's database."""
        connection = await self._customers.connection_of(job)
        started = time.perf_counter()
        async with self._customers.database_of(connection) as database:
            fingerprint = await database.schema_fingerprint()
            changed = job.kind == JobKind.SUMMARIZE_DATA or fingerprint != connection.catalog_fingerprint
            found = await self._read(connection, database) if changed else {}
        found["structure_checked_at"] = self._clock.now()
        if not await self._customers.connections.note(job.workspace_id, connection.id, found):
            raise Permanent(ProblemType.NOT_FOUND, "The job's connection no longer exists.")
        if revision := found.get("catalog_revision", connection.catalog_revision):
            await self._catalogs.adopt(connection, str(revision))
        elapsed_ms = int((time.perf_counter() - started) * 1000)
        return StepOutput(output=Introspected(fingerprint=fingerprint, changed=changed, elapsed_ms=elapsed_ms))

    async def _read(self, connection: Connection, database: Database) -> dict[str, object]:
        catalog = await database.introspect()
        return {
            "catalog_revision": await self._catalogs.save(connection, catalog),
            "catalog_fingerprint": catalog.fingerprint,
            "profiled_at": catalog.profiled_at,
            "dialect": catalog.dialect.value,
        }
