"""`POST /jobs` against a bare FastAPI route that does one insert."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import aiohttp
import uvloop

from bench.backend import Stage
from bench.effort import Effort
from bench.hammer import CALLERS, hammer
from bench.measurement import Measurement, Row
from bench.side_by_side import side_by_side
from bench.site import Site, asked_site
from rowcall_contracts.pipelines import Service
from tests.integration.deployment import KEY
from tools.local.ports import LOOPBACK, accepts, free_port
from tools.local.processes import ManagedProcess


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures on one stage; the workers are stopped, so nobody but the gateway works on what is accepted."""
    with asked_site(stage) as site, _bare(stage) as bare_url:
        for service in set(Service) - {Service.GATEWAY}:
            site.deployment.services[service].stop()
        return [uvloop.run(_compare(site, bare_url, effort))]


@contextmanager
def _bare(stage: Stage) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "bench.bare_route", stage.store.url_for("bare"), stage.backend.driver, str(port)]
    process = ManagedProcess(command, stage.folder / "bare.log", ready=lambda: accepts(port))
    try:
        process.start()
        yield f"http://{LOOPBACK}:{port}/jobs"
    finally:
        process.stop()


async def _compare(site: Site, bare_url: str, effort: Effort) -> Row:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session:
        ours, bare = (
            partial(hammer, session, url, site.chat_body, seconds=effort.hammer_s)
            for url in (f"{site.deployment.url}/jobs", bare_url)
        )
        return await side_by_side(ours, bare, rounds=effort.rounds)


MEASUREMENT = Measurement(
    name="accept",
    title="`POST /jobs` against a bare route",
    method=(
        f"{CALLERS} callers in a closed loop post the same chat job to the gateway (authentication, rate limit, "
        "validation, caps, one journalled insert, one command published; its workers are stopped) and, turn by turn, "
        "to one uvicorn process with a FastAPI route that validates the body and inserts one document with the same "
        "driver and write concern into the same store. Goal: ≥ 0.7 of its requests per second."
    ),
    header=("backend", "jobs/s", "bare/s", "ratio (turns)", "p50 / p99 ms", "bare p50 / p99 ms"),
    run=run,
)
