"""Probes: alive whatever the store does, ready only with a store at this code's schema version."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial

import httpx
import pytest

from libs.runtime.tests.cutting_proxy import CuttingProxy
from libs.runtime.tests.kafka_site import KafkaSite
from rowcall_contracts.metrics import Metric
from rowcall_contracts.resources import Collection
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.health import PortTaken, admin_app, serving
from rowcall_runtime.indexes import SCHEMA_VERSION
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.migrate import SCHEMA_ID, create_indexes
from rowcall_runtime.process import ready
from rowcall_runtime.verify import Verification

Check = Callable[[], Awaitable[Mapping[str, bool]]]


@asynccontextmanager
async def probed(check: Check, metrics: Metrics | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The admin port of a process."""
    app = admin_app(metrics or Metrics(), check, lambda: {"kafka": {"producing": False}})
    async with (
        serving(app, "127.0.0.1", 0, grace_s=1) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        yield client


def readiness(store: Store) -> Check:
    """The check of a process that has just started."""
    nowhere = KafkaSite("127.0.0.1:1").access
    return partial(ready, store, Verification(store, nowhere))


async def test_ready_when_the_store_answers_at_this_schema_and_the_brokers_state_decides_nothing(
    shared_store: Store,
) -> None:
    async with probed(readiness(shared_store)) as client:
        for path in ("/readyz", "/startupz"):
            answer = await client.get(path)
            assert answer.status_code == 200
            assert answer.json() == {
                "status": "ok",
                "checks": {"store": True, "schema": True, "indexes": True},
                "kafka": {"producing": False},
            }


@pytest.mark.parametrize("version", [None, SCHEMA_VERSION - 1])
async def test_not_ready_at_an_older_schema_and_nothing_is_created(store_url: str, version: int | None) -> None:
    async with open_store(f"{store_url}/unmigrated{version}", "pymongo") as store:
        if version is not None:
            await store.collection(Collection.MIGRATIONS).insert({"_id": SCHEMA_ID, "version": version})
        async with probed(readiness(store)) as client:
            answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["checks"]) == (
            503,
            {"store": True, "schema": False, "indexes": False},
        )
        assert await store.collection(Collection.MIGRATIONS).count({}) == (version is not None)

        await create_indexes(store)
        async with probed(readiness(store)) as client:
            assert (await client.get("/readyz")).status_code == 200


async def test_not_ready_without_every_index_although_the_schema_is_current(store_url: str) -> None:
    async with open_store(f"{store_url}/unindexed", "pymongo") as store:
        await store.collection(Collection.MIGRATIONS).insert({"_id": SCHEMA_ID, "version": SCHEMA_VERSION})
        async with probed(readiness(store)) as client:
            unready = await client.get("/readyz")
            await create_indexes(store)
            good = await client.get("/readyz")
    assert (unready.status_code, unready.json()["checks"]) == (503, {"store": True, "schema": True, "indexes": False})
    assert good.status_code == 200


async def test_alive_but_not_ready_while_the_store_is_away_and_ready_again_after(store_url: str) -> None:
    proxy = CuttingProxy(store_url)
    url = f"mongodb://127.0.0.1:{await proxy.listen()}/probes?directConnection=true&retryReads=false"
    async with open_store(url, "pymongo") as store:
        await create_indexes(store)
        async with probed(readiness(store)) as client:
            proxy.cut_after = lambda _: True
            unready, alive = await asyncio.gather(client.get("/readyz"), client.get("/livez"))
            assert (unready.status_code, unready.json()["checks"]) == (503, {"store": False})
            assert alive.status_code == 200
            proxy.cut_after = lambda _: False
            assert (await client.get("/readyz")).status_code == 200
    await proxy.close()


async def test_metrics_are_served_in_prometheus_text() -> None:
    async def never() -> Mapping[str, bool]:
        return {"store": False}

    metrics = Metrics()
    metrics.count(Metric.SWEPT, step="execute")
    async with probed(never, metrics) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert 'rowcall_swept_total{step="execute"} 1.0' in answer.text


async def test_a_port_that_is_taken_is_named_with_its_cure() -> None:
    async def good() -> Mapping[str, bool]:
        return {}

    async with probed(good) as client:
        port = client.base_url.port
        with pytest.raises(PortTaken, match=rf"127\.0\.0\.1:{port} is taken .*choose another port"):
            async with serving(admin_app(Metrics(), good, dict), "127.0.0.1", port or 0):
                pass


async def test_an_idle_connection_outlives_the_five_seconds_that_servers_keep_one_by_default() -> None:
    app = admin_app(Metrics(), readiness_of_nothing, dict)
    async with serving(app, "127.0.0.1", 0, grace_s=1) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for pause_s in (5.5, 0):
            writer.write(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(len(b'{"status":"ok"}'))
            assert (head.split(b"\r\n")[0], body) == (b"HTTP/1.1 200 OK", b'{"status":"ok"}')
            await asyncio.sleep(pause_s)
        writer.close()


async def readiness_of_nothing() -> Mapping[str, bool]:
    return {}
