"""A three-step chat job, end to end, against a raw loop of the same writes, reads and produces."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import uvloop

from bench.backend import Stage
from bench.effort import Effort
from bench.event_tail import tailing
from bench.measurement import Measurement, Row
from bench.pipeline_load import SUBMITTERS, Pipeline
from bench.raw_pipeline import raw_pipeline
from bench.side_by_side import side_by_side
from bench.site import Site, asked_site
from rowcall_contracts.topics import EVENTS
from tests.integration.deployment import KEY


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures on one stage."""
    with asked_site(stage) as site:
        return [uvloop.run(_compare(stage, site, effort))]


async def _compare(stage: Stage, site: Site, effort: Effort) -> Row:
    given = {"singles": effort.singles, "burst": effort.chat_burst}
    async with _product(site) as product, raw_pipeline(stage) as raw:
        return await side_by_side(partial(product.turn, **given), partial(raw.turn, **given), rounds=effort.rounds)


@asynccontextmanager
async def _product(site: Site) -> AsyncIterator[Pipeline]:
    url = f"{site.deployment.url}/jobs"
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session,
        tailing(site.deployment.broker.bootstrap, EVENTS) as tail,
    ):

        async def submit() -> str:
            async with session.post(url, json=site.chat_body) as answer:
                assert answer.status == 202, await answer.text()
                return str((await answer.json())["id"])

        yield Pipeline(submit, tail)


MEASUREMENT = Measurement(
    name="chat",
    title="A three-step job against a raw loop",
    method=(
        "Chat jobs posted to the gateway, run by the five processes (SQL generated, guarded and run on SQLite, result "
        "narrated), until their event is on Kafka; turn by turn with a loop in one process that inserts, reads, "
        "changes and produces as often, with documents of the same size, and does nothing else: no HTTP, no work, no "
        f"secondary indexes. Rate: a burst from {SUBMITTERS} submitters. Latency: single jobs one after the other. "
        "Goal: ≥ 0.7 of its jobs per second."
    ),
    header=("backend", "jobs/s", "raw/s", "ratio (turns)", "p50 / p99 ms", "raw p50 / p99 ms"),
    run=run,
)
