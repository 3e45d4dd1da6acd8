"""A durable no-op job through libs/runtime, against arq and Celery on Redis where they can be had."""

from collections.abc import Mapping
from contextlib import AsyncExitStack, ExitStack
from typing import Protocol

import uvloop

from bench.backend import Stage
from bench.effort import Effort
from bench.measurement import Measurement, Row
from bench.noop_site import migrated, noop_pipeline, noop_worker
from bench.rivalry import missing, rival_workers, rivals
from bench.samples import Round, Rounds
from tools.local.processes import ManagedProcess

NOT_MEASURED = "–"


class Contender(Protocol):
    """Something that takes turns."""

    async def turn(self, *, singles: int, burst: int) -> Round:
        """Runs single jobs one after the other, then a burst."""
        ...


def left_out() -> list[str]:
    """Says why columns are empty, if they are."""
    return [f"{name} was left out: {reason}." for name, reason in missing().items()]


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures on one stage."""
    migrated(stage)
    worker = noop_worker(stage, "0")
    with ExitStack() as running:
        redis = running.enter_context(rival_workers(stage.folder))
        running.callback(worker.stop)
        worker.start()
        return [uvloop.run(_compare(stage, effort, redis))]


async def _compare(stage: Stage, effort: Effort, redis: tuple[int, Mapping[str, ManagedProcess]]) -> Row:
    async with AsyncExitStack() as stack:
        contenders: dict[str, Contender] = {"rowcall": await stack.enter_async_context(noop_pipeline(stage))}
        contenders |= await stack.enter_async_context(rivals(*redis))
        rounds: dict[str, list[Round]] = {name: [] for name in contenders}
        for _ in range(effort.rounds + 1):
            for name, contender in contenders.items():
                rounds[name].append(await contender.turn(singles=effort.singles, burst=effort.noop_burst))
    return _row({name: Rounds(turns[1:]) for name, turns in rounds.items()})


def _row(found: Mapping[str, Rounds]) -> Row:
    ours, arq, celery = found["rowcall"], found.get("arq"), found.get("celery")
    return (
        ours.latencies.p50_p99_ms,
        arq.latencies.p50_p99_ms if arq else NOT_MEASURED,
        ours.p50_ratio(arq) if arq else NOT_MEASURED,
        f"{ours.rate:.0f}",
        f"{arq.rate:.0f}" if arq else NOT_MEASURED,
        f"{celery.rate:.0f}" if celery else NOT_MEASURED,
        ours.rate_ratio(celery) if celery else NOT_MEASURED,
    )


MEASUREMENT = Measurement(
    name="noop",
    title="A durable no-op job against arq and Celery",
    method=(
        "A one-step job whose handler returns at once, submitted and seen to end (by its event on Kafka) by one "
        "process and run by one worker process of `libs/runtime` with 16 slots; turn by turn with arq (one process, 16 "
        "slots, polling every 10 ms instead of its 500) and Celery (two processes, late acknowledgement) on Redis as "
        "it comes, which keeps acknowledged jobs in memory alone. Latency: single jobs one after the other. Rate: a "
        "burst. Goals with pymongo: p50 ≤ 1.25 of arq's, jobs per second ≥ Celery's."
    ),
    header=(
        "backend",
        "p50 / p99 ms",
        "arq p50 / p99 ms",
        "p50 / arq's (turns)",
        "jobs/s",
        "arq/s",
        "Celery/s",
        "rate / Celery's (turns)",
    ),
    run=run,
)
