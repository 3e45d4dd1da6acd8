"""The relay: on Kafka at once, cleared from the store afterwards, and only what Kafka acknowledged."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.kafka_site import KafkaSite
from libs.runtime.tests.waiting import until
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.resources import Collection
from rowcall_contracts.topics import EVENTS
from rowcall_contracts.work import State
from rowcall_runtime import outbox
from rowcall_runtime.bus import Bus
from rowcall_runtime.driver import Document, DocumentCollection, Filter, Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.job_workload import final_event
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.outbox import OutboxRelay, Parcel
from rowcall_runtime.work_store import to_document

DAY = timedelta(days=1)


class HeldCollection(DocumentCollection):
    """A collection whose bulk updates wait until they are let through."""

    def __init__(self, real: DocumentCollection) -> None:
        super().__init__(real._native)
        self.let_through = asyncio.Event()
        self.cleared: list[Filter] = []

    async def update_many(self, where: Filter, change: Mapping[str, object]) -> int:
        """Waits, then updates."""
        await self.let_through.wait()
        self.cleared.append(where)
        return await super().update_many(where, change)


@asynccontextmanager
async def relaying(
    kafka: KafkaSite, jobs: DocumentCollection, clock: ManualClock, *, producing: bool = True
) -> AsyncIterator[OutboxRelay]:
    """Runs a relay, and the producer unless told otherwise."""
    if EVENTS not in await kafka.topics():
        await kafka.create(EVENTS)
    bus = Bus(kafka.access, clock, Metrics(), client_id="relay-test")
    relay = OutboxRelay(jobs, bus, clock, Metrics(), retention=DAY)
    tasks = [asyncio.create_task(relay.run())]
    if producing:
        tasks.append(asyncio.create_task(bus.run()))
        while not bus.connected:
            await asyncio.sleep(0.01)
    try:
        yield relay
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ended_job(jobs: DocumentCollection, clock: ManualClock) -> Job:
    """Stores a job that succeeded and whose event is still to be published."""
    job = Job(
        id=new_id(Prefix.JOB),
        workspace_id="w",
        kind=JobKind.EXECUTE_SQL,
        state=State.SUCCEEDED,
        step="execute",
        steps=("execute",),
        version=2,
        input={},
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        due_at=clock.now(),
    )
    job = job.model_copy(update={"outbox": (final_event(job, State.SUCCEEDED, {}, clock=clock),)})
    await jobs.insert(to_document(job))
    return job


async def stored(jobs: DocumentCollection, job: Job) -> Document:
    """Reads a job as it is stored."""
    found = await jobs.get({"_id": job.id})
    assert found is not None
    return found


async def test_what_kafka_acknowledged_is_cleared(kafka: KafkaSite, shared_store: Store, clock: ManualClock) -> None:
    jobs = shared_store.collection(Collection.JOBS)
    ended = [await ended_job(jobs, clock) for _ in range(3)]
    async with relaying(kafka, jobs, clock) as relay:
        for job in ended:
            relay.submit(Parcel.of(job, job.outbox))
        await relay.flush(10)
        for job in ended:
            document = await stored(jobs, job)
            assert (document["outbox"], document["expires_at"]) == ([], clock.now() + DAY)
            assert "due_at" not in document
    published = {dict(record.headers)["ce_id"].decode() for record in await kafka.records(EVENTS, 3)}
    assert published >= {entry.id for job in ended for entry in job.outbox}


async def test_what_kafka_did_not_acknowledge_stays(kafka: KafkaSite, shared_store: Store, clock: ManualClock) -> None:
    jobs = shared_store.collection(Collection.JOBS)
    job = await ended_job(jobs, clock)
    before = await stored(jobs, job)
    async with relaying(kafka, jobs, clock, producing=False) as relay:
        relay.submit(Parcel.of(job, job.outbox))
        await relay.flush(10)
    assert await stored(jobs, job) == before


async def test_a_store_that_does_not_clear_holds_publishing_up_instead_of_filling_memory(
    kafka: KafkaSite, shared_store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "QUEUE_CAPACITY", 2)
    jobs = HeldCollection(shared_store.collection(Collection.JOBS))
    ended = [await ended_job(jobs, clock) for _ in range(30)]
    taken: list[Job] = []
    async with relaying(kafka, jobs, clock) as relay:
        with capture_logs() as lines:
            for job in ended:
                relay.submit(Parcel.of(job, job.outbox))
                if any(line["event"] == "outbox_relay_full" for line in lines):
                    break
                taken.append(job)
                await asyncio.sleep(0.1)  # time for a relay without a bound to take them all
        assert len(taken) < len(ended)
        jobs.let_through.set()
        await relay.flush(10)
        assert [job.id for job in taken if (await stored(jobs, job))["outbox"]] == []


async def test_no_clearing_command_names_more_than_fifty_jobs(
    kafka: KafkaSite, shared_store: Store, clock: ManualClock
) -> None:
    jobs = HeldCollection(shared_store.collection(Collection.JOBS))
    ended = [await ended_job(jobs, clock) for _ in range(120)]
    async with relaying(kafka, jobs, clock) as relay:
        for job in ended:
            relay.submit(Parcel.of(job, job.outbox))
        await until(lambda: relay._published.qsize() >= 60)
        jobs.let_through.set()
        await relay.flush(20)
    named = [ids_of(where) for where in jobs.cleared]
    assert sorted(job_id for ids in named for job_id in ids) == sorted(job.id for job in ended)
    assert max(map(len, named)) == 50


async def test_a_job_that_has_not_ended_keeps_its_alarm_and_its_events(
    kafka: KafkaSite, shared_store: Store, clock: ManualClock
) -> None:
    jobs = shared_store.collection(Collection.JOBS)
    job = await ended_job(jobs, clock)
    assert await jobs.update({"_id": job.id}, {"$set": {"state": State.RUNNING.value}})
    before = await stored(jobs, job)
    async with relaying(kafka, jobs, clock) as relay:
        relay.submit(Parcel.of(job, job.outbox))
        await relay.flush(10)
    assert await stored(jobs, job) == before


def ids_of(where: Filter) -> list[str]:
    """The ids that a clearing command names."""
    pinned = where["_id"]
    assert isinstance(pinned, dict)
    return list(pinned["$in"])
