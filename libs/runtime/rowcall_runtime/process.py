"""A process of ours: logs, traces, store, clock, bus, relay and the admin port, opened and closed in order."""

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog

from rowcall_contracts.pipelines import Service
from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import REFRESH_S, StoreClock
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.health import admin_app, serving
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.logs import configure_logs
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.migrate import schema_is_current
from rowcall_runtime.outbox import OutboxRelay
from rowcall_runtime.subscriptions import Subscriptions
from rowcall_runtime.tracing import configure_tracing
from rowcall_runtime.verify import Verification

FLUSH_S = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Platform:
    """What every service of ours stands on."""

    service: Service
    owner: str
    store: Store
    clock: StoreClock
    bus: Bus
    relay: OutboxRelay
    subscriptions: Subscriptions
    metrics: Metrics
    verification: Verification
    spawn: Callable[[Coroutine[object, object, None]], object]


@asynccontextmanager
async def platform(service: Service, settings: Settings) -> AsyncIterator[Platform]:
    """Opens everything a service needs. Neither Kafka nor the store has to be up: readiness tells.

    The order of closing matters: consumers stop first (the caller's part), then the relay is flushed, then the
    producer stops, then the store closes.
    """
    configure_logs(service.value, settings.log_level)
    provider = configure_tracing(service.value)
    metrics = Metrics()
    owner = f"{service.value}@{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    access = KafkaAccess.of(settings)
    async with AsyncExitStack() as stack:
        stack.callback(provider.shutdown)
        store = await stack.enter_async_context(
            open_store(settings.mongo_url.get_secret_value(), settings.mongo_driver, metrics)
        )
        clock = StoreClock(store.time)
        bus = Bus(access, clock, metrics, client_id=f"rowcall-{service.value}")
        retention = timedelta(days=settings.retention_days)
        relay = OutboxRelay(store.collection(Collection.JOBS), bus, clock, metrics, retention=retention)
        verification = Verification(store, access)
        tasks = Background()
        stack.push_async_callback(tasks.stop)
        for run in (_keep_time(clock), bus.run(), relay.run(), verification.run()):
            tasks.spawn(run)
        stack.push_async_callback(relay.flush, FLUSH_S)
        subscriptions = Subscriptions(access, client_id=f"rowcall-{service.value}", slot=settings.worker_slot)
        built = Platform(
            service=service,
            owner=owner,
            store=store,
            clock=clock,
            bus=bus,
            relay=relay,
            subscriptions=subscriptions,
            metrics=metrics,
            verification=verification,
            spawn=tasks.spawn,
        )
        app = admin_app(metrics, lambda: ready(store, verification), lambda: told(built))
        await stack.enter_async_context(serving(app, settings.admin_host, settings.admin_port))
        _log.info("started", owner=owner)
        yield built
        _log.info("stopping")


async def ready(store: Store, verification: Verification) -> Mapping[str, bool]:
    """Ready = the store answers, its schema is ours and all indexes have been seen.

    The broker's state, its topics too, stands in the body only.
    """
    try:
        return {"store": True, "schema": await schema_is_current(store), "indexes": await verification.indexes()}
    except StoreUnavailable:
        return {"store": False}


def told(built: Platform) -> Mapping[str, object]:
    """What `/readyz` shows besides its checks."""
    kafka = {
        "topics": built.verification.topics,
        "producing": built.bus.connected,
        "consuming": built.subscriptions.running,
    }
    return {"kafka": kafka}


class Background:
    """Tasks that live as long as the process. One that ends by an error is logged and takes the process down."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, run: Coroutine[object, object, None]) -> asyncio.Task[None]:
        """Starts a task."""
        task = asyncio.create_task(run, name=getattr(run, "__qualname__", "background"))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancels all and waits for them."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.critical("background_task_failed", task=task.get_name(), exc_info=error)
            os._exit(70)  # EX_SOFTWARE: the supervisor restarts it, and the alarm brings back its work


async def _keep_time(clock: StoreClock) -> None:
    while True:
        try:
            await clock.refresh()
        except StoreUnavailable:
            _log.warning("store_clock_unread")
        await asyncio.sleep(REFRESH_S)
