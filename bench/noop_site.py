"""Worker processes with a handler of the bench, and a submitter, over libs/runtime alone: no gateway, no services."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from bench.backend import Stage
from bench.event_tail import tailing
from bench.pipeline_load import Pipeline
from rowcall_contracts.commands import Command
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.pipelines import PIPELINES, Step
from rowcall_contracts.resources import Collection
from rowcall_contracts.topics import EVENTS
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_runtime.bus import Bus
from rowcall_runtime.clock import StoreClock
from rowcall_runtime.driver import open_store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.job_workload import QUEUED_ALARM
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.work_store import WorkStore
from tools.local.kafka import PARTITIONS
from tools.local.ports import LOOPBACK, free_port
from tools.local.processes import ManagedProcess

WORKSPACE = "bench"


def environ_of(stage: Stage) -> Mapping[str, str]:
    """The settings of every process here."""
    return {
        "ROWCALL_KAFKA_PARTITIONS": str(PARTITIONS),
        **os.environ,
        "ROWCALL_KAFKA_BOOTSTRAP": stage.broker.bootstrap,
        "ROWCALL_MONGO_URL": stage.store.url,
        "ROWCALL_MONGO_DRIVER": stage.backend.driver,
        "ROWCALL_LOG_LEVEL": "WARNING",
    }


def migrated(stage: Stage) -> None:
    """Creates topics and indexes."""
    command = [sys.executable, "-m", "rowcall_runtime.migrate"]
    subprocess.run(command, env=environ_of(stage), check=True, stdout=subprocess.DEVNULL)


def noop_worker(
    stage: Stage, slot: str, *, step: Step = Step.SEARCH, rest_s: float = 0, concurrency: int = 16
) -> ManagedProcess:
    """Returns a worker of one step that is not started yet; its log is `worker-<slot>.log`."""
    port = free_port()
    own = {
        "ROWCALL_WORKER_SLOT": slot,
        "ROWCALL_ADMIN_PORT": str(port),
        "ROWCALL_CONCURRENCY": str(concurrency),
    }
    return ManagedProcess(
        [sys.executable, "-m", "bench.noop_worker", step.value, str(rest_s)],
        stage.folder / f"worker-{slot}.log",
        ready=lambda: _consuming(port),
        environ={**environ_of(stage), **own},
    )


@dataclass(frozen=True)
class Submitter:
    """Does what the gateway does when it accepts a job: one insert, one command."""

    kind: JobKind
    jobs: WorkStore[Job]
    bus: Bus
    clock: StoreClock

    async def submit(self) -> str:
        """Returns the new job's id."""
        job = self._job()
        await self.jobs.insert(job)
        self.bus.command(Command(job_id=job.id, step=job.step, version=1, workspace_id=WORKSPACE), None)
        return job.id

    def _job(self) -> Job:
        now = self.clock.now()
        steps = tuple(step.value for step in PIPELINES[self.kind].accepted_steps(frozenset()))
        return Job(
            id=new_id(Prefix.JOB),
            workspace_id=WORKSPACE,
            kind=self.kind.value,
            state=State.QUEUED,
            step=steps[0],
            steps=steps,
            version=1,
            history=(HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=steps[0]),),
            input={"query": "nothing"},
            created_at=now,
            due_at=now + QUEUED_ALARM,
            deadline_at=now + timedelta(minutes=10),
        )


@asynccontextmanager
async def noop_pipeline(stage: Stage, kind: JobKind = JobKind.SEARCH_DOCUMENTS) -> AsyncIterator[Pipeline]:
    """Opens a submitter of one kind of job and a tail of their ends."""
    access = KafkaAccess(
        bootstrap=stage.broker.bootstrap,
        protocol="PLAINTEXT",
        mechanism=None,
        username=None,
        password=None,
        context=None,
    )
    async with open_store(stage.store.url, stage.backend.driver) as store, tailing(access.bootstrap, EVENTS) as tail:
        clock = StoreClock(store.time)
        await clock.refresh()
        bus = Bus(access, clock, Metrics(), client_id="bench")
        producing = asyncio.create_task(bus.run())
        jobs = WorkStore(store.collection(Collection.JOBS), Job, clock, owner="bench", lease_ttl=timedelta(seconds=10))
        try:
            yield Pipeline(Submitter(kind, jobs, bus, clock).submit, tail)
        finally:
            producing.cancel()
            await asyncio.gather(producing, return_exceptions=True)


def _consuming(port: int) -> bool:
    try:
        answer = httpx.get(f"http://{LOOPBACK}:{port}/readyz", timeout=2)
    except httpx.TransportError:
        return False
    return answer.is_success and all(answer.json()["kafka"].values())
