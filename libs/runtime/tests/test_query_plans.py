"""Which plan a store makes for the query that every process repeats, on every driver and real servers."""

from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.test_work_store import accepted, worker
from rowcall_contracts.resources import Collection
from rowcall_runtime.driver import Document, Driver, Filter, open_store
from rowcall_runtime.migrate import create_indexes

pytestmark = pytest.mark.contract


def stages(plan: object) -> set[str]:
    """Returns the names of all stages in a query plan."""
    if isinstance(plan, list):
        return set().union(*map(stages, plan))
    if not isinstance(plan, dict):
        return set()
    own = {str(plan["stage"])} if "stage" in plan else set()
    return own.union(*map(stages, plan.values()))


async def test_the_alarm_is_read_from_its_index_whatever_the_caller_can_run(
    store_url: str, driver: Driver, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"t{uuid4().hex[:12]}"
    asked: list[Filter] = []
    async with open_store(f"{store_url}/{name}", driver) as store:
        await create_indexes(store)
        mine = worker(store, clock, "a")
        job = await accepted(mine, clock)
        find = mine.collection.find

        async def recorded(where: Filter, **rest: Any) -> list[Document]:
            asked.append(where)
            return await find(where, **rest)

        monkeypatch.setattr(mine.collection, "find", recorded)
        clock.pass_(seconds=5)
        assert [each.id for each in await mine.due("generate", 10, {"kind": ["chat"]})] == [job.id]
    [where] = asked
    query = {"find": Collection.JOBS.value, "filter": dict(where), "sort": {"due_at": 1}, "limit": 10}
    client: MongoClient[Document] = MongoClient(store_url)
    with client:
        plan = client[name].command("explain", query)["queryPlanner"]["winningPlan"]
    assert "IXSCAN" in stages(plan)
    assert "COLLSCAN" not in stages(plan)
