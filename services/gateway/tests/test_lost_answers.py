"""The store takes a job and its answer is lost: what the caller gets is the job, not a second one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from libs.runtime.tests.cutting_proxy import CuttingProxy
from rowcall_contracts.resources import Collection
from rowcall_gateway.testing import Gateway, running_gateway

INSERT_OF_A_JOB = b"\x02insert\x00\x05\x00\x00\x00jobs\x00"
"""As BSON writes it, which no other command contains."""

SEARCH = {"kind": "search_documents", "input": {"query": "x"}}


@pytest.fixture
async def proxy(store_url: str) -> CuttingProxy:
    """Stands between the gateway and its store."""
    return CuttingProxy(store_url)


@pytest.fixture
async def gateway(proxy: CuttingProxy, mongo_url: str) -> AsyncIterator[Gateway]:
    """A gateway behind the proxy, whose driver does not repeat a write by itself."""
    database = mongo_url.rpartition("/")[2]
    url = f"mongodb://127.0.0.1:{await proxy.listen()}/{database}?directConnection=true&retryWrites=false"
    async with running_gateway(url) as running:
        yield running
        await proxy.close()  # first: motor's `close` talks to the store and holds up the loop that the proxy needs


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "once"}])
async def test_an_insert_that_meets_its_own_job_was_accepted_and_is_announced(
    gateway: Gateway, client: httpx.AsyncClient, proxy: CuttingProxy, workspace_id: str, headers: dict[str, str]
) -> None:
    proxy.cut_after = lambda request: INSERT_OF_A_JOB in request and not proxy.cuts

    answer = await client.post("/jobs", json=SEARCH, headers=headers)

    assert proxy.cuts == 1, "the first insert went unanswered"
    assert answer.status_code == 202, answer.text
    (stored,) = await gateway.store.collection(Collection.JOBS).find({"workspace_id": workspace_id})
    assert (stored["_id"], stored["version"]) == (answer.json()["id"], 1)
    accepted = 'rowcall_jobs_accepted_total{kind="search_documents"} 1.0'
    assert accepted in gateway.platform.metrics.render().decode(), "counted, and so announced, like any other"
