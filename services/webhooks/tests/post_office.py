"""The webhooks service as its process wires it, on a real store, with a clock that a test moves."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from rowcall_contracts.events import Event, EventData
from rowcall_contracts.resources import Collection, Delivery, Endpoint
from rowcall_contracts.webhook_secrets import format_secret
from rowcall_contracts.work import State
from rowcall_runtime.clock import StoreClock
from rowcall_runtime.crypto import Sealer, public_key_of
from rowcall_runtime.driver import Document
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.sweep import Sweep
from rowcall_runtime.worker import Pointer, Worker
from rowcall_webhooks.intake import Intake

SECRET = format_secret(bytes(range(32)))


class MovedClock(StoreClock):
    """The store's clock, and what a test let pass besides."""

    def __init__(self, read: Callable[[], Awaitable[datetime]]) -> None:
        self._passed_s = 0.0
        super().__init__(read, lambda: time.monotonic() + self._passed_s)

    def pass_(self, seconds: float) -> None:
        self._passed_s += seconds


@dataclass(kw_only=True)
class PostOffice:
    """A workspace with endpoints, and the service that sends to them."""

    built: Platform
    clock: MovedClock
    worker: Worker[Delivery]
    sweep: Sweep[Delivery]
    intake: Intake
    master_key: str
    workspace_id: str = field(default_factory=lambda: f"ws_{uuid4().hex[:26]}")

    @property
    def endpoints(self) -> Repository[Endpoint]:
        return Repository(self.built.store.collection(Collection.ENDPOINTS), Endpoint)

    def new_event(self) -> Event:
        """An event of the workspace that happened just now."""
        data = EventData(job_id=new_id(Prefix.JOB), workspace_id=self.workspace_id, kind="chat", state="succeeded")
        return Event(id=new_id(Prefix.EVENT), type="chat.completed", time=self.clock.now(), data=data)

    async def endpoint(self, url: str = "https://receiver.example/", *, master_key: str | None = None) -> Endpoint:
        """Registers an endpoint that wants everything."""
        now = self.clock.now()
        endpoint = Endpoint(
            id=new_id(Prefix.ENDPOINT),
            workspace_id=self.workspace_id,
            created_at=now,
            updated_at=now,
            url=url,
            event_types=(),
            secret=Sealer(public_key_of(master_key or self.master_key)).seal(SECRET),
            event_version="v1",
        )
        await self.endpoints.insert(endpoint)
        return endpoint

    def pointer(self, delivery: Delivery) -> Pointer:
        """What the intake says of a new delivery."""
        return Pointer(
            work_id=delivery.id, workspace_id=delivery.workspace_id, step=delivery.step, version=delivery.version
        )

    async def now(self, delivery: Delivery) -> Delivery:
        """The delivery as it is stored now."""
        stored = await self.worker.store.load(delivery.id)
        assert stored is not None
        return stored

    async def document(self, delivery: Delivery) -> Document:
        """The same, with the fields that its model does not have."""
        document = await self.worker.store.collection.get({"_id": delivery.id})
        assert document is not None
        return document

    def stands(self, delivery: Delivery, state: State) -> Callable[[], Awaitable[bool]]:
        """Whether the stored delivery has come to a state."""

        async def stands() -> bool:
            return (await self.now(delivery)).state is state

        return stands

    async def planned(self, event: Event) -> Sequence[Delivery]:
        """The stored deliveries of an event."""
        found = await self.worker.store.collection.find({"event_id": event.id}, sort=[("_id", 1)])
        return [self.worker.store.parse(document) for document in found]
