"""One turn of a pipeline: single jobs one after the other, then a burst."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bench.event_tail import EventTail
from bench.samples import Round

SUBMITTERS = 16


@dataclass(frozen=True)
class Pipeline:
    """How to submit a job, and where its end is seen."""

    submit: Callable[[], Awaitable[str]]
    tail: EventTail

    async def turn(self, *, singles: int, burst: int) -> Round:
        """Returns the latencies of the singles, from before the submission to the end's event, and the burst's rate."""
        latencies = [await self._single() for _ in range(singles)]
        started = time.perf_counter()
        job_ids = await self._submit_all(burst)
        last = max(await self.tail.all_ended(job_ids))
        return Round(done=burst, elapsed_s=last - started, latencies=latencies)

    async def _single(self) -> float:
        started = time.perf_counter()
        return await self.tail.ended(await self.submit()) - started

    async def _submit_all(self, count: int) -> list[str]:
        left = iter(range(count))

        async def submit() -> list[str]:
            return [await self.submit() for _ in left]

        submitted = await asyncio.gather(*(submit() for _ in range(SUBMITTERS)))
        return [job_id for each in submitted for job_id in each]
