"""A no-op job on arq: `worker` runs it, `client` takes turns. Runs on an interpreter that has arq."""

import asyncio
import json
import sys
import time

from arq import create_pool  # type: ignore[import-not-found]  # installed by whoever wants this row
from arq.connections import ArqRedis, RedisSettings  # type: ignore[import-not-found]
from arq.constants import default_queue_name  # type: ignore[import-not-found]
from arq.worker import Worker  # type: ignore[import-not-found]

SLOTS = 16
SUBMITTERS = 16
WORKER_POLL_S = 0.01  # arq's own default is 0.5, which would be the latency
RESULT_POLL_S = 0.002


async def noop(_: dict[object, object]) -> None:
    """The job."""


def work(settings: RedisSettings) -> None:
    """Runs jobs until SIGTERM."""
    Worker([noop], redis_settings=settings, max_jobs=SLOTS, poll_delay=WORKER_POLL_S).run()


async def take_turns(settings: RedisSettings) -> None:
    """Reads `<singles> <burst>` a line and answers with the latencies and the seconds of the burst as JSON."""
    pool = await create_pool(settings)
    for line in sys.stdin:
        singles, burst = map(int, line.split())
        latencies = [await _single(pool) for _ in range(singles)]
        print(json.dumps([latencies, await _burst(pool, burst)]), flush=True)


async def _single(pool: ArqRedis) -> float:
    started = time.perf_counter()
    job = await pool.enqueue_job("noop")
    await job.result(timeout=30, poll_delay=RESULT_POLL_S)
    return time.perf_counter() - started


async def _burst(pool: ArqRedis, count: int) -> float:
    started = time.perf_counter()
    left = iter(range(count))

    async def submit() -> None:
        for _ in left:
            await pool.enqueue_job("noop")

    await asyncio.gather(*(submit() for _ in range(SUBMITTERS)))
    while await pool.zcard(default_queue_name):  # noqa: ASYNC110  # a job leaves it when its result is stored
        await asyncio.sleep(RESULT_POLL_S)
    return time.perf_counter() - started


if __name__ == "__main__":
    _, role, port = sys.argv
    redis = RedisSettings(port=int(port))
    if role == "worker":
        work(redis)
    else:
        asyncio.run(take_turns(redis))
