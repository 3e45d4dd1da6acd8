"""A three-step job without work, through libs/runtime alone, against the raw loop: what the machinery costs."""

from contextlib import ExitStack
from functools import partial

import uvloop

from bench.backend import Stage
from bench.effort import Effort
from bench.measurement import Measurement, Row
from bench.noop_site import migrated, noop_pipeline, noop_worker
from bench.raw_pipeline import raw_pipeline
from bench.raw_steps import STEPS
from bench.side_by_side import side_by_side
from rowcall_contracts.jobs import JobKind
from rowcall_contracts.pipelines import Step


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures on one stage."""
    migrated(stage)
    workers = [noop_worker(stage, step, step=Step(step)) for step in STEPS]
    with ExitStack() as running:
        for worker in workers:
            running.callback(worker.stop)
            worker.start()
        return [uvloop.run(_compare(stage, effort))]


async def _compare(stage: Stage, effort: Effort) -> Row:
    given = {"singles": effort.singles, "burst": effort.chat_burst}
    async with noop_pipeline(stage, JobKind.CHAT) as product:
        await product.tail.ended(await product.submit())
        async with raw_pipeline(stage) as raw:
            return await side_by_side(partial(product.turn, **given), partial(raw.turn, **given), rounds=effort.rounds)


MEASUREMENT = Measurement(
    name="steps",
    title="Three steps without work against a raw loop",
    method=(
        "The same comparison without HTTP and without work: one process submits, and three worker processes of "
        "`libs/runtime`, one per step, have handlers that return at once. What is left is leases, guards, history, "
        "alarms, indexes, CloudEvents, traces and metrics."
    ),
    header=("backend", "jobs/s", "raw/s", "ratio (turns)", "p50 / p99 ms", "raw p50 / p99 ms"),
    run=run,
)
