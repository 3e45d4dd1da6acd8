"""What a worker's process hears on a real broker: commands, cancels, and records that are neither."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from libs.runtime.tests.errands import Errand, Errands, Gate, Script, Site, Staff, done
from libs.runtime.tests.kafka_site import KafkaSite
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.commands import Cancelled, Command
from rowcall_contracts.pipelines import Service
from rowcall_contracts.settings import Settings
from rowcall_contracts.topics import CONTROL, command_topic
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.bus import Bus
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.records import encode_command
from rowcall_runtime.service import subscribe
from rowcall_runtime.testing import platform_without_kafka
from rowcall_runtime.work_store import Change
from rowcall_runtime.worker import Limits

NEVER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Listening:
    """A worker that hears its topics, and what it counts."""

    staff: Staff
    metrics: Metrics

    def undecodable(self) -> float:
        labels = {"reason": "undecodable"}
        return self.metrics.registry.get_sample_value("rowcall_commands_dropped_total", labels) or 0.0


@asynccontextmanager
async def listening(kafka: KafkaSite, site: Site, script: Script) -> AsyncIterator[Listening]:
    """Subscribes a worker whose heartbeats are too rare to tell it anything, until the block ends."""
    settings = Settings.model_validate({"mongo_url": "-", "kafka_bootstrap": kafka.bootstrap})
    limits = Limits(concurrency=2, first_beat_s=NEVER.total_seconds())
    async with (
        platform_without_kafka(Service.EXECUTOR, site.store, settings) as built,
        site.staff(Errands(script), limits=limits, ttl=NEVER) as staff,
    ):
        subscribe(built, staff.worker)
        async with kafka.consuming(built.subscriptions):
            yield Listening(staff=staff, metrics=built.metrics)


@pytest.fixture
async def commands(kafka: KafkaSite, site: Site) -> str:
    """The topic of the site's step."""
    existing = await kafka.topics()
    for topic in (CONTROL, command_topic(site.step)):
        if topic not in existing:
            await kafka.create(topic)
    return command_topic(site.step)


async def command(kafka: KafkaSite, site: Site, errand: Errand) -> None:
    """Publishes a command for an errand."""
    pointed = Command(job_id=errand.id, step=site.step, version=errand.version, workspace_id=errand.workspace_id)
    record = encode_command("-", pointed, now=site.clock.now(), traceparent=None)
    await kafka.put(command_topic(site.step), record.value, key=record.key, headers=record.headers)


async def cancelled(site: Site, errand: Errand) -> Cancelled:
    """Cancels an errand in the store, as the gateway does, and returns what it tells the workers."""
    gone = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step=site.step, due_at=None)
    assert await site.work_store("gateway").overrule(errand, gone)
    return Cancelled(job_id=errand.id, version=errand.version + 1)


async def test_a_command_that_cannot_be_decoded_is_logged_and_counted_and_the_next_one_runs(
    kafka: KafkaSite, site: Site, commands: str
) -> None:
    errand = await site.accepted(due_at=site.clock.now() + NEVER)
    await kafka.put(commands, b"junk", b"", headers=[("ce_id", b"\xff")])
    await command(kafka, site, errand)
    with capture_logs() as lines:
        async with listening(kafka, site, done) as worker:
            await until_seen(partial(site.ended, errand))
            assert worker.undecodable() == 2
    told = [(line["topic"], line["offset"]) for line in lines if line["event"] == "command_undecodable"]
    assert told == [(commands, 0), (commands, 1)]
    assert "junk" not in str(lines)


@pytest.mark.usefixtures("commands")
async def test_a_cancel_reaches_the_worker_on_the_control_topic_without_any_heartbeat(
    kafka: KafkaSite, site: Site
) -> None:
    gate, errand = Gate(), await site.accepted(due_at=site.clock.now() + NEVER)
    bus = Bus(kafka.access, site.clock, Metrics(), client_id="cancel-test")
    publishing = asyncio.create_task(bus.run())
    async with listening(kafka, site, gate):
        await command(kafka, site, errand)
        await gate.entered.wait()
        await kafka.put(CONTROL, b"junk")
        bus.cancelled(await cancelled(site, errand))
        await until(lambda: gate.cancelled, deadline_s=10)
    publishing.cancel()
    await asyncio.gather(publishing, return_exceptions=True)
    stored = await site.now(errand)
    assert (stored.state, stored.version) == (State.CANCELLED, 2)
