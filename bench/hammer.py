"""A closed loop of HTTP requests: each caller sends its next request when the last one is answered."""

import asyncio
import time

import aiohttp

from bench.samples import Round

CALLERS = 16


async def hammer(session: aiohttp.ClientSession, url: str, body: object, *, seconds: float) -> Round:
    """Posts the same body from 16 callers; raises AssertionError on an answer other than 202."""
    latencies: list[float] = []
    started = time.perf_counter()
    until = started + seconds

    async def call() -> None:
        while (sent := time.perf_counter()) < until:
            async with session.post(url, json=body) as answer:
                await answer.read()
                assert answer.status == 202, await answer.text()
            latencies.append(time.perf_counter() - sent)

    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return Round(done=len(latencies), elapsed_s=time.perf_counter() - started, latencies=latencies)
