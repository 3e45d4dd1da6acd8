"""What a process stands on, for tests: a real store, and Kafka away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from rowcall_contracts.pipelines import Service
from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import StoreClock
from rowcall_runtime.driver import Store
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.outbox import OutboxRelay
from rowcall_runtime.process import Background, Platform
from rowcall_runtime.subscriptions import Subscriptions
from rowcall_runtime.verify import Verification


@asynccontextmanager
async def platform_without_kafka(service: Service, store: Store, settings: Settings) -> AsyncIterator[Platform]:
    """Builds a platform whose bus is never started; its background tasks end with the block."""
    metrics, clock, background = Metrics(), StoreClock(store.time), Background()
    await clock.refresh()
    access = KafkaAccess.of(settings)
    bus = Bus(access, clock, metrics, client_id="test")
    jobs = store.collection(Collection.JOBS)
    yield Platform(
        service=service,
        owner=f"{service.value}@test",
        store=store,
        clock=clock,
        bus=bus,
        relay=OutboxRelay(jobs, bus, clock, metrics, retention=timedelta(days=1)),
        subscriptions=Subscriptions(access, client_id="test", slot=None),
        metrics=metrics,
        verification=Verification(store, access),
        spawn=background.spawn,
    )
    await background.stop()
