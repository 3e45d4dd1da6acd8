"""Every query that the gateway makes about jobs."""

from dataclasses import dataclass

from rowcall_contracts.jobs import Job
from rowcall_contracts.problems import ProblemType
from rowcall_gateway.cursors import PageQuery, next_cursor
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.problems import Refusal
from rowcall_runtime.batching import BATCH
from rowcall_runtime.driver import DocumentCollection, Filter
from rowcall_runtime.errors import DuplicateKey, StoreRefused, StoreUnavailable
from rowcall_runtime.work_store import Change, WorkStore

LISTED_FIELDS = tuple(set(Job.model_fields) - {"outputs", "output", "outbox", "history"})
"""Lists leave out what is large."""


@dataclass(frozen=True, kw_only=True)
class JobStore:
    """Jobs, and the pages of their results."""

    work: WorkStore[Job]
    results: DocumentCollection

    async def get(self, workspace_id: str, job_id: str) -> Job:
        """Returns the workspace's job.

        Raises:
            Refusal: there is none.
        """
        document = await self.work.collection.get({"_id": job_id, "workspace_id": workspace_id})
        if document is None:
            raise Refusal.not_found("job")
        return self.work.parse(document)

    async def page(self, where: Filter, query: PageQuery) -> tuple[list[Job], str | None]:
        """Returns one page of jobs without their outputs, newest first, and the next page's cursor."""
        documents = await self.work.collection.find(
            {**where, **query.after()}, sort=[("_id", -1)], limit=query.limit + 1, fields=LISTED_FIELDS
        )
        cursor = next_cursor([str(document["_id"]) for document in documents], query.limit)
        return [self.work.parse(document) for document in documents[: query.limit]], cursor

    async def insert(self, job: Job) -> tuple[Job, bool]:
        """Inserts a job, or returns the one that the same request created before; says whether it is new.

        Raises:
            Refusal: its idempotency key was used for another request.
            StoreUnavailable: the store did not answer; the job may be there all the same.
        """
        try:
            await self._insert_surely(job)
        except DuplicateKey:
            existing = await self._created_before(job)
            Idempotency(key=job.idempotency_key, fingerprint=job.fingerprint).require_same(existing.fingerprint)
            return existing, existing.id == job.id
        except StoreRefused as error:
            raise Refusal(ProblemType.TOO_LARGE, "The job is larger than the store allows.") from error
        return job, True

    async def overrule(self, job: Job, change: Change) -> bool:
        """Makes a caller's move on the version that was read; False when it has moved on."""
        return await self.work.overrule(job, change)

    async def erase(self, workspace_id: str, job_ids: list[str]) -> None:
        """Deletes jobs and their results; results first, so that a repeat still finds what is left."""
        for start in range(0, len(job_ids), BATCH):
            some = job_ids[start : start + BATCH]
            await self.results.delete({"job_id": {"$in": some}})
            await self.work.collection.delete({"_id": {"$in": some}, "workspace_id": workspace_id})

    async def matching(self, where: Filter) -> list[Job]:
        """Returns all jobs that match, without their outputs."""
        documents = await self.work.collection.find(where, fields=LISTED_FIELDS)
        return [self.work.parse(document) for document in documents]

    async def _insert_surely(self, job: Job) -> None:
        """Tries twice: after a broken connection the first try may have taken effect or not."""
        try:
            await self.work.insert(job)
        except StoreUnavailable:
            await self.work.insert(job)

    async def _created_before(self, job: Job) -> Job:
        if job.idempotency_key:
            where = {"workspace_id": job.workspace_id, "idempotency_key": job.idempotency_key}
            document = await self.work.collection.get(where)
            if document is not None:
                return self.work.parse(document)
        return await self.get(job.workspace_id, job.id)
