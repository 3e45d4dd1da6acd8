"""What a SIGKILL of a worker with a stable slot costs the jobs that it held."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.backend import Stage
from bench.effort import Effort
from bench.measurement import Measurement, Row
from bench.noop_site import migrated, noop_pipeline, noop_worker
from bench.noop_worker import STARTED
from bench.samples import Latencies
from tools.local.processes import ManagedProcess

WORKERS = 3
SLOTS = 8
REST_S = 0.5
EVERY_S = 0.05
BETWEEN_KILLS_S = 7.0
WARM_UP_S = 3.0


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One SIGKILL: when, when the successor consumed again, and every job that the dead process had ever started."""

    at: float
    back_at: float
    started: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Run:
    """When each job was submitted and seen to end, and the kills in between; instants are `perf_counter`'s."""

    submitted: Mapping[str, float]
    ended: Mapping[str, float]
    kills: Sequence[Kill]

    def held(self) -> list[str]:
        """Returns the jobs that a killed worker was running."""
        return [
            job_id
            for kill in self.kills
            for job_id in kill.started
            if self.submitted[job_id] < kill.at < self.ended[job_id]
        ]

    def near(self) -> list[str]:
        """Returns the jobs under way at a kill, in whatever process, or submitted until the successor consumed."""
        return [
            job_id
            for job_id, at in self.submitted.items()
            if any(self.ended[job_id] > kill.at and at < kill.back_at for kill in self.kills)
        ]

    def latencies(self, job_ids: Iterable[str]) -> Latencies:
        """Returns the seconds from submission to end."""
        return Latencies([self.ended[each] - self.submitted[each] for each in job_ids])


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures on one stage."""
    migrated(stage)
    workers = [noop_worker(stage, str(slot), rest_s=REST_S, concurrency=SLOTS) for slot in range(WORKERS)]
    with ExitStack() as running:
        for worker in workers:
            running.callback(worker.stop)
            worker.start()
        return _rows(uvloop.run(_measure(stage, workers, effort.kills)))


async def _measure(stage: Stage, workers: Sequence[ManagedProcess], kills: int) -> Run:
    submitted: dict[str, float] = {}
    async with noop_pipeline(stage) as pipeline:
        killing = asyncio.create_task(_kill_in_turn(stage.folder, workers, kills))
        while not killing.done():
            at = time.perf_counter()
            submitted[await pipeline.submit()] = at
            await asyncio.sleep(EVERY_S)
        ends = await pipeline.tail.all_ended(list(submitted))
    return Run(submitted=submitted, ended=dict(zip(submitted, ends, strict=True)), kills=killing.result())


async def _kill_in_turn(folder: Path, workers: Sequence[ManagedProcess], kills: int) -> list[Kill]:
    done = []
    await asyncio.sleep(WARM_UP_S)
    for number in range(kills):
        slot = number % len(workers)
        at = time.perf_counter()
        await asyncio.to_thread(workers[slot].kill)
        started = _started(folder / f"worker-{slot}.log")
        await asyncio.to_thread(workers[slot].start)
        done.append(Kill(at=at, back_at=time.perf_counter(), started=started))
        await asyncio.sleep(BETWEEN_KILLS_S)
    return done


def _started(log: Path) -> frozenset[str]:
    lines = log.read_text(encoding="utf-8").splitlines()
    return frozenset(line.removeprefix(STARTED) for line in lines if line.startswith(STARTED))


def _rows(found: Run) -> list[Row]:
    near = found.near()
    calm = found.latencies(found.submitted.keys() - set(near)).at(50)
    groups = (
        ("held by the killed worker", found.held()),
        ("under way or submitted meanwhile", near),
        ("all", list(found.submitted)),
    )
    return [(str(len(found.kills)), name, *_extra(found, job_ids, calm)) for name, job_ids in groups]


def _extra(found: Run, job_ids: Sequence[str], calm: float) -> Row:
    if not job_ids:
        return ("0", "–", "–", "–")
    latencies = found.latencies(job_ids)
    return (str(len(job_ids)), *(f"{latencies.at(percent) - calm:.2f}" for percent in (50, 90, 99)))


MEASUREMENT = Measurement(
    name="recovery",
    title="Recovery after a SIGKILL",
    method=(
        f"{WORKERS} worker processes of `libs/runtime` with stable slots (`ROWCALL_WORKER_SLOT`), {SLOTS} slots each, "
        f"run jobs that rest {REST_S} s and arrive every {EVERY_S * 1000:.0f} ms; one worker after the other gets "
        "SIGKILL and is started again at once. Extra latency: a job's latency less the median of jobs that no kill "
        "was near. Goal: p50 ≤ 2 s for the jobs that the killed worker held."
    ),
    header=("backend", "kills", "jobs", "count", "extra p50 s", "p90 s", "p99 s"),
    run=run,
    everywhere=False,
)
