"""The real gateway for tests: over real HTTP and a real store, with Kafka away and the test in the workers' place."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from types import MappingProxyType

import httpx
from nacl.public import PrivateKey

from rowcall_contracts.jobs import Job
from rowcall_contracts.pipelines import Service
from rowcall_contracts.resources import Collection, Connection, ConnectionState, Key
from rowcall_contracts.scopes import ROLES, Role, Scope
from rowcall_contracts.settings import GatewaySettings
from rowcall_contracts.work import TERMINAL, HistoryEvent, State
from rowcall_gateway.app import build
from rowcall_gateway.auth import KEY_PREFIX, ensure_workspace, key_digest
from rowcall_gateway.parts import Parts
from rowcall_gateway.waiting import Waiters
from rowcall_gateway.wiring import Wiring
from rowcall_runtime.crypto import Sealer, public_key_of
from rowcall_runtime.driver import Document, Filter, Store, open_store
from rowcall_runtime.health import serving
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.job_workload import final_event
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.testing import platform_without_kafka
from rowcall_runtime.work_store import Change, WorkStore

CLOSED_PORT = "127.0.0.1:1"
LOOK_EVERY_S = 0.02
WORKER = "executor@test"


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """A running gateway, and the hands that a test needs."""

    url: str
    platform: Platform
    parts: Parts
    waiters: Waiters
    master_key: str

    @property
    def store(self) -> Store:
        """The gateway's store."""
        return self.platform.store

    async def new_key(
        self,
        workspace_id: str,
        scopes: Iterable[Scope] = ROLES[Role.ADMIN],
        *,
        fields: Mapping[str, object] = MappingProxyType({}),
    ) -> str:
        """Inserts a key as the store holds it and returns its text; `fields` are further ones of `Key`."""
        await ensure_workspace(self.store, workspace_id, self.platform.clock.now())
        token, now = KEY_PREFIX + token_urlsafe(32), self.platform.clock.now()
        given = {"scopes": tuple(scopes), "name": "test", "hint": token[-4:], "sha256": key_digest(token)}
        times = {"created_at": now, "updated_at": now}
        key = Key.model_validate({"id": new_id(Prefix.KEY), "workspace_id": workspace_id, **given, **times, **fields})
        await Repository(self.store.collection(Collection.KEYS), Key).insert(key)
        return token

    def client(self, token: str | None) -> httpx.AsyncClient:
        """Returns a client that sends the key; the caller closes it."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=20)

    async def new_connection(self, workspace_id: str, state: ConnectionState = ConnectionState.READY) -> str:
        """Inserts a connection in a state and returns its id."""
        now = self.platform.clock.now()
        connection = Connection(
            id=new_id(Prefix.CONNECTION),
            workspace_id=workspace_id,
            created_at=now,
            updated_at=now,
            name="flights",
            uri=Sealer(public_key_of(self.master_key)).seal("sqlite:////data/flights.db"),
            uri_hint="sqlite://flights.db",
            state=state,
            catalog_revision="cat_1",
        )
        await Repository(self.store.collection(Collection.CONNECTIONS), Connection).insert(connection)
        return connection.id

    def worker(self) -> WorkStore[Job]:
        """Returns the store as a worker of another process has it."""
        jobs = self.store.collection(Collection.JOBS)
        return WorkStore(jobs, Job, self.platform.clock, owner=WORKER, lease_ttl=timedelta(seconds=10))

    async def job(self, job_id: str) -> Job:
        """Reads a job that is there."""
        job = await self.worker().load(job_id)
        assert job is not None, job_id
        return job

    async def move(
        self, job_id: str, state: State, *, step: str | None = None, fields: Mapping[str, object] = MappingProxyType({})
    ) -> Job:
        """Makes a worker's move on a job and wakes whoever waits for it, as the bus would."""
        job = await self.job(job_id)
        ended = state in TERMINAL
        outbox = {"outbox": [final_event(job, state, {}, clock=self.platform.clock).model_dump()]} if ended else {}
        event = HistoryEvent.FAILED if state is State.FAILED else HistoryEvent.FINISHED
        change = Change(
            event=event,
            state=state,
            step=step or job.step,
            due_at=self.platform.clock.now() + timedelta(minutes=1),
            fields={**fields, **outbox},
        )
        assert await self.worker().apply(job, change), "the job moved in between"
        self.waiters.wake(job_id)
        return await self.job(job_id)

    async def waited_for(self, job_id: str) -> None:
        """Returns once somebody waits for the job."""

        async def waiting() -> bool:
            return self.waiters.waits_for(job_id)

        await eventually(waiting)

    async def contents(self) -> Mapping[str, list[Document]]:
        """Reads every document that a request could change; that a key was used is written down later, apart."""
        wanted: dict[Collection, Filter] = {each: {} for each in Collection if each is not Collection.MIGRATIONS}
        wanted[Collection.AUDIT] = {"action": {"$ne": "key.use"}}
        return {
            each.value: await self.store.collection(each).find(where, sort=[("_id", 1)])
            for each, where in wanted.items()
        }


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Returns once the condition holds; raises TimeoutError when it does not in time."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110  # what is awaited happens elsewhere and tells nobody
            await asyncio.sleep(LOOK_EVERY_S)


@asynccontextmanager
async def running_gateway(mongo_url: str, **settings: object) -> AsyncIterator[Gateway]:
    """Serves a gateway until the block ends; `settings` are further ones of `GatewaySettings`."""
    master_key = base64.b64encode(bytes(PrivateKey.generate())).decode()
    values: dict[str, object] = {"public_key": public_key_of(master_key), "kafka_bootstrap": CLOSED_PORT}
    configured = GatewaySettings.model_validate({**values, "mongo_url": mongo_url, **settings})
    waiters = Waiters()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(mongo_url, configured.mongo_driver))
        platform = await stack.enter_async_context(platform_without_kafka(Service.GATEWAY, store, configured))
        parts = Wiring(platform, configured, waiters).parts()
        port = await stack.enter_async_context(
            serving(build(parts, configured.cors_origins), "127.0.0.1", 0, grace_s=1)
        )
        stack.callback(waiters.close)
        url = f"http://127.0.0.1:{port}"
        yield Gateway(url=url, platform=platform, parts=parts, waiters=waiters, master_key=master_key)
