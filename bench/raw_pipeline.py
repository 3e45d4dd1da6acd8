"""The raw loop on a stage, beside the product and with documents as large as its."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.backend import Stage
from bench.event_tail import tailing
from bench.pipeline_load import Pipeline
from bench.raw_collection import raw_collection
from bench.raw_steps import EVENTS, raw_steps
from rowcall_runtime.driver import Document


@asynccontextmanager
async def raw_pipeline(stage: Stage) -> AsyncIterator[Pipeline]:
    """Runs the loop; a chat job must have succeeded on the stage, whose sizes it copies."""
    driver = stage.backend.driver
    async with raw_collection(stage.store.url, driver, "jobs") as jobs:
        ended = await jobs.find_one({"kind": "chat", "state": "succeeded"})
    assert ended is not None
    job: Document = ended
    async with (
        raw_collection(stage.store.url_for("raw"), driver, "jobs") as collection,
        raw_steps(stage.broker.bootstrap, collection, job) as steps,
        tailing(stage.broker.bootstrap, EVENTS) as tail,
    ):
        yield Pipeline(steps.submit, tail)
