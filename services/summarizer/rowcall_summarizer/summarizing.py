"""Step `summarize`: describes a connection's data from its stored catalog."""

from rowcall_contracts.jobs import Job
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.errors import Permanent
from rowcall_runtime.repository import Repository
from rowcall_runtime.step import StepOutput
from rowcall_summarizer.summary import summarize


class Summarizing:
    """The handler."""

    def __init__(self, connections: Repository[Connection], catalogs: CatalogStore) -> None:
        self._connections = connections
        self._catalogs = catalogs

    async def __call__(self, job: Job) -> StepOutput:
        """Describes the job's connection."""
        connection = await self._connections.get(job.workspace_id, str(job.input["connection_id"]))
        catalog = await self._catalogs.load(connection) if connection else None
        if catalog is None:
            raise Permanent(ProblemType.NOT_FOUND, "The job's connection no longer exists.")
        summary = summarize(catalog)
        return StepOutput(output=summary, counts={"tables": len(summary.tables)})
