"""Registering, changing and testing connections. The check itself is a job, for which the caller waits a moment."""

from dataclasses import dataclass
from typing import Literal

from rowcall_contracts.inputs import CheckConnectionInput
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.resources import Connection, ConnectionState
from rowcall_contracts.work import State
from rowcall_gateway.caller import Caller
from rowcall_gateway.connections.policies import forget_protected_values, require_known_names
from rowcall_gateway.connections.schemas import ConnectionPatch, NewConnection
from rowcall_gateway.connections.uris import uri_hint
from rowcall_gateway.etags import require_match
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.jobs.accept import NO_IDEMPOTENCY, Acceptance
from rowcall_gateway.jobs.erase import Erasing
from rowcall_gateway.jobs.following import Following
from rowcall_gateway.jobs.schemas import NewConnectionCheck
from rowcall_gateway.problems import Refusal
from rowcall_gateway.resources import Resources
from rowcall_runtime.clock import Clock
from rowcall_runtime.crypto import Sealer
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.ids import Prefix, new_id

CHECK_WAIT_S = 10.0
CHECK_TIMEOUT_S = 60
KIND: Literal[JobKind.CHECK_CONNECTION] = JobKind.CHECK_CONNECTION

_CHECKED_FIELDS = ("state", "dialect", "problem", "catalog_revision", "catalog_fingerprint", "profiled_at")
_URI_FIELDS = ("uri", "uri_hint", *_CHECKED_FIELDS)


@dataclass(frozen=True, kw_only=True)
class ConnectionDesk:
    """What callers may do with connections."""

    connections: Resources[Connection]
    catalogs: DocumentCollection
    sealer: Sealer
    clock: Clock
    acceptance: Acceptance
    following: Following
    erasing: Erasing

    async def create(self, caller: Caller, new: NewConnection, idempotency: Idempotency) -> Connection:
        """Registers a connection that works, or that is still being checked after 10 s.

        Raises:
            Refusal: the URI is malformed, or the check failed; nothing is kept.
        """
        connection, fresh = await self.connections.create(self._connection(caller, new), idempotency)
        try:
            await self._check(caller, connection.id, idempotency.derived("check"))
        except (Refusal, StoreUnavailable):
            if fresh:
                await self.connections.repository.delete(caller.workspace_id, connection.id)
            raise
        return await self.connections.get(caller.workspace_id, connection.id)

    async def change(
        self, caller: Caller, connection_id: str, patch: ConnectionPatch, *, if_match: str | None
    ) -> Connection:
        """Changes a connection; a new URI that fails its check is taken back.

        Raises:
            Refusal: the precondition does not hold, the URI is malformed, its check failed, or the column policy names
                what the catalog does not have.
        """
        before = await self.connections.get(caller.workspace_id, connection_id)
        require_match(if_match, before.version)
        plain = {"name", "description", "llm_share", "column_policy"}
        fields = patch.model_dump(mode="json", include=plain, exclude_none=True)
        if patch.column_policy is not None and patch.uri is None:
            await require_known_names(self.catalogs, before, patch.column_policy)
            fields["catalog_fingerprint"] = None  # so that the next question reads the database under the new policy
        if patch.uri is not None:
            fields |= dict.fromkeys(_CHECKED_FIELDS)
            fields |= {"uri_hint": uri_hint(patch.uri), "uri": self.sealer.seal(patch.uri).model_dump()}
            fields |= {"state": ConnectionState.CHECKING.value}
        changed = await self.connections.change(before, fields)
        self.acceptance.subjects.changed(caller.workspace_id, connection_id)
        if patch.column_policy is not None:
            await forget_protected_values(self.catalogs, changed, patch.column_policy)
        if patch.uri is None:
            return changed
        return await self._keep_or_restore(caller, before, changed)

    async def test(self, caller: Caller, connection_id: str) -> Connection:
        """Checks a connection again.

        Raises:
            Refusal: there is none, or the check failed; the connection says so too then.
        """
        connection = await self.connections.get(caller.workspace_id, connection_id)
        await self._check(caller, connection.id)
        return await self.connections.get(caller.workspace_id, connection_id)

    async def delete(self, caller: Caller, connection_id: str, *, purge: bool) -> None:
        """Deletes a connection with its catalog; `purge` erases its jobs and their results as well.

        Raises:
            Refusal: there is none.
        """
        await self.connections.get(caller.workspace_id, connection_id)
        if purge:
            await self.erasing.erase_all(caller.workspace_id, {"input.connection_id": connection_id})
        catalog = {"connection_id": connection_id, "workspace_id": caller.workspace_id}
        await self.catalogs.delete(catalog)
        await self.connections.delete(caller.workspace_id, connection_id)
        await self.catalogs.delete(catalog)  # again: one may have been written while the connection was still there
        self.acceptance.subjects.changed(caller.workspace_id, connection_id)

    def _connection(self, caller: Caller, new: NewConnection) -> Connection:
        now = self.clock.now()
        return Connection(
            id=new_id(Prefix.CONNECTION),
            workspace_id=caller.workspace_id,
            created_at=now,
            updated_at=now,
            name=new.name,
            uri_hint=uri_hint(new.uri),
            uri=self.sealer.seal(new.uri),
            state=ConnectionState.CHECKING,
            description=new.description,
            llm_share=new.llm_share,
        )

    async def _check(self, caller: Caller, connection_id: str, idempotency: Idempotency = NO_IDEMPOTENCY) -> None:
        """Runs a check and waits for it; returns when it went well, or goes on."""
        wanted = NewConnectionCheck(
            kind=KIND, input=CheckConnectionInput(connection_id=connection_id), timeout_s=CHECK_TIMEOUT_S
        )
        job = await self.acceptance.accept(caller, wanted, idempotency)
        job = await self.following.until_ended(caller.workspace_id, job.id, CHECK_WAIT_S)
        self.acceptance.subjects.changed(caller.workspace_id, connection_id)
        _require_good(job)

    async def _keep_or_restore(self, caller: Caller, before: Connection, changed: Connection) -> Connection:
        try:
            await self._check(caller, changed.id)
        except (Refusal, StoreUnavailable):
            former = before.model_dump(include=set(_URI_FIELDS))
            await self.connections.repository.collection.update(
                {"_id": changed.id, "uri.ciphertext": changed.uri.ciphertext}, {"$set": former, "$inc": {"version": 1}}
            )
            raise
        return await self.connections.get(caller.workspace_id, changed.id)


def _require_good(job: Job) -> None:
    if job.state is State.FAILED and job.error:
        raise failed_job(job.error)
    if job.state is State.CANCELLED:
        raise Refusal(ProblemType.CONFLICT, "The check was cancelled.")


def failed_job(problem: Problem) -> Refusal:
    """Builds the refusal of a request whose job failed: the job's problem, with the status of a request."""
    refusal = Refusal(ProblemType.CONNECTION_FAILED, problem.detail)
    refusal.problem = problem.model_copy(update={"status": ProblemType.CONNECTION_FAILED.status})
    return refusal
