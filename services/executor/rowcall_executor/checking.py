"""Step `check`: opens the database once and notes on the connection whether it can be asked."""

import time

from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import ConnectionChecked
from rowcall_contracts.resources import ConnectionState
from rowcall_executor.customers import Customers
from rowcall_runtime.errors import Permanent, Retryable, StepError
from rowcall_runtime.step import StepOutput


class Checking:
    """The handler. A connection that fails is told so at once: the caller is waiting."""

    def __init__(self, customers: Customers) -> None:
        self._customers = customers

    async def __call__(self, job: Job) -> StepOutput:
        """Checks the job's connection."""
        connection = await self._customers.connection_of(job)
        started = time.perf_counter()
        try:
            async with self._customers.database_of(connection) as database:
                version = await database.check()
                dialect = database.dialect
        except StepError as error:
            await self._customers.connections.note(
                job.workspace_id,
                connection.id,
                {"state": ConnectionState.FAILED.value, "problem": error.problem.model_dump()},
            )
            raise Permanent(error.kind, error.detail) if isinstance(error, Retryable) else error from error
        await self._customers.connections.note(
            job.workspace_id,
            connection.id,
            {"state": ConnectionState.READY.value, "dialect": dialect.value, "problem": None},
        )
        elapsed_ms = int((time.perf_counter() - started) * 1000)
        return StepOutput(output=ConnectionChecked(dialect=dialect, server_version=version, elapsed_ms=elapsed_ms))
