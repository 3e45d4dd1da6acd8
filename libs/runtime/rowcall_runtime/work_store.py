"""Guarded writes over any collection of `Work`: lease, renew, claim, change. Every write is checked.

The guard of every write is `{_id, version, lease.owner in (absent, mine)}`; the fencing token is the version.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Generic, TypeVar

import structlog
from pydantic import ValidationError

from rowcall_contracts.work import TERMINAL, HistoryEntry, HistoryEvent, State, Work, require_transition
from rowcall_runtime.batching import Batcher, each_outcome
from rowcall_runtime.clock import LEASE_MARGIN, Clock
from rowcall_runtime.driver import Document, DocumentCollection
from rowcall_runtime.errors import StoreRefused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Constant lower bound of `due_at` in the alarm's partial index; queries repeat it (design §3)."""

Allowed = Mapping[str, Collection[str]]
"""The values that fields of a document may have; the others may have any."""
_ANY: Allowed = MappingProxyType({})

W = TypeVar("W", bound=Work)
_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One guarded move: where the work goes, and what is written with it."""

    event: HistoryEvent
    state: State
    step: str
    due_at: datetime | None
    fields: Mapping[str, object] = field(default_factory=dict)
    append: Mapping[str, object] = field(default_factory=dict)
    failed_attempt: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class _Move:
    work_id: str
    guard: Document
    change: Document
    attempt_id: str


class WorkStore(Generic[W]):
    """All writes a worker makes to one collection of work, on behalf of one owner."""

    def __init__(
        self, collection: DocumentCollection, model: type[W], clock: Clock, *, owner: str, lease_ttl: timedelta
    ) -> None:
        self.collection = collection
        self._model = model
        self._clock = clock
        self.owner = owner
        self.lease_ttl = lease_ttl
        self._loading = Batcher(self._load)
        self._moving = Batcher(self._move)

    async def load(self, work_id: str) -> W | None:
        """Reads one document by id."""
        document = await self._loading(work_id)
        return self.parse(document) if document else None

    def parse(self, document: Document) -> W:
        """Builds the model from a document as stored."""
        return self._model.model_validate({**document, "id": document["_id"]})

    async def insert(self, work: W) -> None:
        """Inserts a new document; raises DuplicateKey as the driver does."""
        await self.collection.insert(to_document(work))

    async def insert_new(self, works: Sequence[W]) -> list[W]:
        """Inserts those whose unique keys are free, and returns them.

        Raises:
            StoreRefused: the store refused one for another reason; the others may be in it.
        """
        refused = await self.collection.insert_each([to_document(work) for work in works])
        for error in refused.values():
            if isinstance(error, StoreRefused):
                raise error
        return [work for position, work in enumerate(works) if position not in refused]

    async def due(self, step: str, limit: int, allowed: Allowed = _ANY) -> list[W]:
        """Returns up to `limit` documents at a step whose alarm has rung, the most overdue first.

        `allowed` narrows to work that the caller can run, so that newer kinds do not crowd it out. A document that this
        code cannot read is left to newer code.
        """
        where: Document = {"step": step, "due_at": {"$gt": EPOCH, "$lte": self._clock.now()}}
        documents = await self.collection.find(where, sort=[("due_at", 1)], limit=limit)
        suitable = [document for document in documents if _suits(document, allowed)]
        if len(suitable) < len(documents) == limit:
            # Asked only now: the index holds neither kind nor state, and a store may then read the whole collection.
            narrowed = where | {name: {"$in": list(values)} for name, values in allowed.items()}
            suitable = await self.collection.find(narrowed, sort=[("due_at", 1)], limit=limit)
        return [work for document in suitable if (work := self._readable(document))]

    async def lease(self, work: W) -> W | None:
        """Takes the lease of work that nobody holds; `None` when it has moved on."""
        return await self._take(work, self._guard(work), HistoryEvent.LEASED)

    async def claim(self, work: W) -> W | None:
        """Takes the lease of work whose alarm has rung, from a dead owner too; `None` when somebody was faster.

        The alarm instant is part of the guard, because a renewal moves it without a new version.
        """
        now = self._clock.now()
        if work.lease and work.lease.expires_at + LEASE_MARGIN > now:
            return None
        guard = {"_id": work.id, "version": work.version, "due_at": work.due_at}
        lost = work.lease and work.lease.owner != self.owner  # a lease that I forgot cost nobody's life
        return await self._take(work, guard, HistoryEvent.TAKEN_OVER if lost else HistoryEvent.LEASED)

    async def renew(self, work: W) -> bool:
        """Extends my lease; False when it is no longer mine. Changes neither version nor history."""
        expires_at = self._clock.now() + self.lease_ttl
        return await self.collection.update(
            {"_id": work.id, "version": work.version, "lease.owner": self.owner},
            {"$set": {"lease.expires_at": expires_at, "due_at": expires_at}},
        )

    async def postpone(self, work: W, delay: timedelta) -> bool:
        """Moves the alarm of settled work, so that one of several sweepers deals with it."""
        return await self.collection.update(
            {"_id": work.id, "version": work.version, "due_at": work.due_at},
            {"$set": {"due_at": self._clock.now() + delay}},
        )

    async def apply(self, work: W, change: Change, *, attempt_id: str | None = None) -> bool:
        """Makes one move under the guard; False when the work has moved on and nothing was written.

        Moves with an attempt id are made in company: the id tells whose was made, where the store tells only how many.

        Raises:
            IllegalTransition: the table does not list the move.
        """
        require_transition(work.state, change.state)
        guard, update = self._guard(work), self._update(work, change, attempt_id)
        if attempt_id is None:
            return await self.collection.update(guard, update)
        return await self._moving(_Move(work.id, guard, update, attempt_id))

    async def overrule(self, work: W, change: Change) -> bool:
        """Makes one move whoever holds the lease, whose holder is fenced off by the new version; as `apply` otherwise.

        For what a caller decides, such as a cancel; workers use `apply`.
        """
        require_transition(work.state, change.state)
        guard = {"_id": work.id, "version": work.version}
        return await self.collection.update(guard, self._update(work, change, None))

    async def _load(self, work_ids: Sequence[str]) -> list[Document | None]:
        if len(work_ids) == 1:
            return [await self.collection.get({"_id": work_ids[0]})]
        found = {document["_id"]: document for document in await self.collection.find({"_id": {"$in": [*work_ids]}})}
        return [found.get(work_id) for work_id in work_ids]

    async def _move(self, moves: Sequence[_Move]) -> list[bool | Exception]:
        if len(moves) == 1:
            return [await self.collection.update(moves[0].guard, moves[0].change)]
        try:
            if await self.collection.update_each([(move.guard, move.change) for move in moves]) == len(moves):
                return [True] * len(moves)
        except StoreRefused:
            pass
        return await each_outcome(self._move_surely(move) for move in moves)

    async def _move_surely(self, move: _Move) -> bool:
        """Makes a move that may have been made already."""
        if await self.collection.update(move.guard, move.change):
            return True
        made = {"_id": move.work_id, "history.attempt_id": move.attempt_id}
        return await self.collection.get(made, ("version",)) is not None

    def _readable(self, document: Document) -> W | None:
        try:
            return self.parse(document)
        except ValidationError as error:
            _log.warning("document_unreadable", id=document["_id"], faults=error.error_count())
            return None

    def _update(self, work: W, change: Change, attempt_id: str | None) -> Document:
        now = self._clock.now()
        entry = HistoryEntry(
            version=work.version + 1,
            at=now,
            event=change.event,
            step=work.step,
            owner=self.owner,
            attempt_id=attempt_id,
            problem=change.problem,
        )
        changed: Document = {"state": change.state.value, "step": change.step, **change.fields}
        removed: Document = {"lease": ""}
        if change.state in TERMINAL:
            changed["finished_at"] = now
        if work.started_at:
            changed["started_at"] = work.started_at
        if work.attempt and change.step != work.step:
            changed["attempt"] = 0
        if change.due_at is None:
            removed["due_at"] = ""
        else:
            changed["due_at"] = change.due_at
        grown: Document = {"version": 1, **({"attempt": 1} if change.failed_attempt else {})}
        appended: Document = {"history": entry.model_dump(exclude_none=True), **change.append}
        return {"$set": changed, "$unset": removed, "$inc": grown, "$push": appended}

    async def _take(self, work: W, guard: Document, event: HistoryEvent) -> W | None:
        require_transition(work.state, State.RUNNING)
        now = self._clock.now()
        lost = 1 if event is HistoryEvent.TAKEN_OVER else 0
        entry = HistoryEntry(version=work.version + 1, at=now, event=event, step=work.step, owner=self.owner)
        changed: Document = {
            "lease": {"owner": self.owner, "expires_at": now + self.lease_ttl},
            "state": State.RUNNING.value,
            "due_at": now + self.lease_ttl,
            "started_at": work.started_at or now,
        }
        matched = await self.collection.update(
            guard,
            {
                "$set": changed,
                "$inc": {"version": 1, "worker_losses": lost},
                "$push": {"history": entry.model_dump(exclude_none=True)},
            },
        )
        if not matched:
            return None
        history = (*work.history, entry)
        taken = {**changed, "history": history, "version": work.version + 1, "worker_losses": work.worker_losses + lost}
        return self._model.model_validate({**work.model_dump(), **taken})

    def _guard(self, work: W) -> Document:
        return {"_id": work.id, "version": work.version, "lease.owner": {"$in": [None, self.owner]}}


def _suits(document: Document, allowed: Allowed) -> bool:
    return all(document.get(name) in values for name, values in allowed.items())


def to_document(work: Work) -> Document:
    """Returns the stored form: `_id` for `id`, absent optional fields left out, enums as their values."""
    document = work.model_dump(exclude_none=True)
    document["_id"] = document.pop("id")
    return document
