"""Connections, with the test in the executor's place."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime

import httpx
import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.resources import Collection, Connection, ConnectionState
from rowcall_contracts.work import State
from rowcall_gateway.connections import desk
from rowcall_gateway.testing import Gateway, eventually
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.crypto import Opener
from rowcall_runtime.repository import Repository

SECRET = "hunter2-not-for-logs"
URI = f"postgresql://reader:{SECRET}@db.example.com:5432/flights?sslmode=require"
BAD = Problem.of(ProblemType.CONNECTION_FAILED, "The database refused the password.")

CATALOG = Catalog(
    dialect=Dialect.SQLITE,
    fingerprint="f",
    tables=tuple(
        Table(name=name, columns=(Column(name="id", type="INTEGER", kind=ColumnKind.INTEGER),)) for name in ("a", "b")
    ),
    profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
)

Executor = Callable[[State], Coroutine[object, object, None]]


@pytest.fixture
def executor(gateway: Gateway, workspace_id: str) -> Executor:
    """Ends the workspace's next check in a state, as the executor does."""

    async def check(state: State) -> None:
        jobs = gateway.store.collection(Collection.JOBS)
        where = {"workspace_id": workspace_id, "kind": "check_connection", "state": "queued"}

        async def asked() -> bool:
            return await jobs.get(where) is not None

        await eventually(asked)
        found = await jobs.get(where)
        assert found is not None
        job = await gateway.job(str(found["_id"]))
        connections = Repository(gateway.store.collection(Collection.CONNECTIONS), Connection)
        good = state is State.SUCCEEDED
        note = {"state": "ready", "dialect": "postgres", "problem": None}
        bad = {"state": "failed", "problem": BAD.model_dump()}
        await connections.note(workspace_id, str(job.input["connection_id"]), note if good else bad)
        await gateway.move(job.id, state, fields={} if good else {"error": BAD.model_dump()})

    return check


async def test_a_connection_that_works_is_ready_and_its_uri_is_sealed(
    gateway: Gateway, client: httpx.AsyncClient, executor: Executor, workspace_id: str
) -> None:
    answer, _ = await asyncio.gather(
        client.post("/connections", json={"name": "flights", "uri": URI}), executor(State.SUCCEEDED)
    )

    assert answer.status_code == 201
    body = answer.json()
    assert (body["state"], body["dialect"], body["uri_hint"]) == ("ready", "postgres", "postgresql://db.example.com")
    assert SECRET not in answer.text
    assert "reader" not in answer.text
    stored = await Repository(gateway.store.collection(Collection.CONNECTIONS), Connection).get(
        workspace_id, body["id"]
    )
    assert stored is not None
    assert SECRET.encode() not in stored.uri.ciphertext
    assert Opener([gateway.master_key]).open(stored.uri) == URI


async def test_a_connection_that_fails_its_check_is_not_kept(client: httpx.AsyncClient, executor: Executor) -> None:
    answer, _ = await asyncio.gather(
        client.post("/connections", json={"name": "flights", "uri": URI}), executor(State.FAILED)
    )

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/connection-failed")
    assert answer.json()["detail"] == BAD.detail
    assert (await client.get("/connections")).json()["data"] == []


async def test_a_check_that_takes_longer_than_the_wait_goes_on_and_the_connection_is_kept(
    client: httpx.AsyncClient, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "CHECK_WAIT_S", 0.1)

    answer = await client.post("/connections", json={"name": "flights", "uri": URI})

    assert (answer.status_code, answer.json()["state"]) == (201, "checking")
    path = answer.headers["Location"]
    assert path == f"/connections/{answer.json()['id']}"
    assert (await client.get(path)).json()["state"] == "checking"
    await executor(State.SUCCEEDED)
    assert (await client.get(path)).json()["state"] == "ready"


async def test_a_repeated_creation_is_the_same_connection(client: httpx.AsyncClient, executor: Executor) -> None:
    headers = {"Idempotency-Key": "once"}
    new = {"name": "flights", "uri": URI}

    first, second, _ = await asyncio.gather(
        client.post("/connections", json=new, headers=headers),
        client.post("/connections", json=new, headers=headers),
        executor(State.SUCCEEDED),
    )
    other = await client.post("/connections", json={**new, "uri": URI.replace("hunter2", "hunter3")}, headers=headers)

    assert first.json() == second.json()
    assert len((await client.get("/jobs")).json()["data"]) == 1
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-mismatch")


async def test_a_patch_needs_the_version_that_was_read(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    path = f"/connections/{await gateway.new_connection(workspace_id)}"
    etag = (await client.get(path)).headers["ETag"]

    without = await client.patch(path, json={"name": "a"})
    changed = await client.patch(path, json={"name": "b", "description": "d"}, headers={"If-Match": etag})
    stale = await client.patch(path, json={"name": "c"}, headers={"If-Match": etag})
    weak = await client.patch(path, json={"name": "c"}, headers={"If-Match": f"W/{changed.headers['ETag']}"})
    any_version = await client.patch(path, json={"name": "d"}, headers={"If-Match": "*"})

    assert [without.status_code, changed.status_code, stale.status_code, weak.status_code] == [428, 200, 412, 412]
    assert (changed.json()["name"], changed.json()["description"]) == ("b", "d")
    assert changed.headers["ETag"] != etag
    assert any_version.json()["name"] == "d"


async def test_what_a_language_model_may_see_is_the_schema_until_someone_says_more(
    gateway: Gateway, client: httpx.AsyncClient, executor: Executor, workspace_id: str
) -> None:
    new = {"name": "flights", "uri": URI, "llm_share": "values"}
    created, _ = await asyncio.gather(client.post("/connections", json=new), executor(State.SUCCEEDED))
    path = f"/connections/{await gateway.new_connection(workspace_id)}"
    before = await client.get(path)

    unknown = await client.patch(path, json={"llm_share": "everything"}, headers={"If-Match": "*"})
    changed = await client.patch(path, json={"llm_share": "rows"}, headers={"If-Match": "*"})
    stored = await gateway.store.collection(Collection.CONNECTIONS).get({"_id": before.json()["id"]})

    assert (created.json()["llm_share"], before.json()["llm_share"]) == ("values", "schema")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/llm_share")
    assert (changed.json()["llm_share"], (await client.get(path)).json()["llm_share"]) == ("rows", "rows")
    assert stored is not None
    assert stored["llm_share"] == "rows"


async def test_a_new_uri_that_fails_is_taken_back(
    gateway: Gateway, client: httpx.AsyncClient, executor: Executor, workspace_id: str
) -> None:
    connection_id = await gateway.new_connection(workspace_id)
    path, connections = f"/connections/{connection_id}", gateway.store.collection(Collection.CONNECTIONS)
    before = await connections.get({"_id": connection_id})
    etag = (await client.get(path)).headers["ETag"]

    answer, _ = await asyncio.gather(
        client.patch(path, json={"uri": URI}, headers={"If-Match": etag}), executor(State.FAILED)
    )

    assert answer.status_code == 422
    after = await connections.get({"_id": connection_id})
    assert before is not None
    assert after is not None
    kept = ("uri", "uri_hint", "state", "catalog_revision")
    assert {name: after.get(name) for name in kept} == {name: before.get(name) for name in kept}


async def test_a_new_uri_that_works_forgets_what_was_learnt_of_the_former(
    gateway: Gateway, client: httpx.AsyncClient, executor: Executor, workspace_id: str
) -> None:
    connection_id = await gateway.new_connection(workspace_id)
    path = f"/connections/{connection_id}"

    answer, _ = await asyncio.gather(
        client.patch(path, json={"uri": URI}, headers={"If-Match": "*"}), executor(State.SUCCEEDED)
    )
    chat = {"kind": "chat", "input": {"question": "?", "connection_id": connection_id}}
    job = await gateway.job((await client.post("/jobs", json=chat)).json()["id"])

    assert (answer.status_code, answer.json()["uri_hint"]) == (200, "postgresql://db.example.com")
    assert job.step == "introspect"


@pytest.mark.parametrize(("state", "status"), [(State.SUCCEEDED, 200), (State.FAILED, 422)])
async def test_a_test_tells_how_the_check_went(
    gateway: Gateway, client: httpx.AsyncClient, executor: Executor, workspace_id: str, state: State, status: int
) -> None:
    connection_id = await gateway.new_connection(workspace_id)

    answer, _ = await asyncio.gather(client.post(f"/connections/{connection_id}/test"), executor(state))

    assert answer.status_code == status
    expected = ConnectionState.READY if state is State.SUCCEEDED else ConnectionState.FAILED
    assert (await client.get(f"/connections/{connection_id}")).json()["state"] == expected


async def profiled(gateway: Gateway, workspace_id: str, connection_id: str) -> None:
    """Saves two revisions of a connection's catalog, of which it names the second, as the executor does."""
    connections = Repository(gateway.store.collection(Collection.CONNECTIONS), Connection)
    catalogs = CatalogStore(gateway.store, gateway.platform.clock)
    connection = await connections.get(workspace_id, connection_id)
    assert connection is not None
    for _ in range(2):
        revision = await catalogs.save(connection, CATALOG)
        await connections.note(workspace_id, connection_id, {"catalog_revision": revision})
        await catalogs.adopt(connection, revision)


async def test_purge_erases_jobs_results_and_catalog_but_delete_keeps_jobs(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    kept, purged = [await gateway.new_connection(workspace_id) for _ in range(2)]
    for connection_id in (kept, purged):
        chat = {"kind": "chat", "input": {"question": "?", "connection_id": connection_id}}
        job_id = (await client.post("/jobs", json=chat)).json()["id"]
        await gateway.store.collection(Collection.RESULTS).insert({"_id": f"{job_id}:0", "job_id": job_id})
        await profiled(gateway, workspace_id, connection_id)

    left = {"connection_id": {"$in": [kept, purged]}}
    assert await gateway.store.collection(Collection.CATALOG_TABLES).count(left) == 8

    deleted = await client.delete(f"/connections/{kept}")
    erased = await client.delete(f"/connections/{purged}", params={"purge": "true"})

    assert (deleted.status_code, erased.status_code) == (204, 204)
    assert (await client.get("/connections")).json()["data"] == []
    jobs = (await client.get("/jobs")).json()["data"]
    assert len(jobs) == 1
    assert await gateway.store.collection(Collection.RESULTS).count({"_id": f"{jobs[0]['id']}:0"}) == 1
    assert await gateway.store.collection(Collection.CATALOG_TABLES).count(left) == 0
    chat = {"kind": "chat", "input": {"question": "?", "connection_id": kept}}
    assert (await client.post("/jobs", json=chat)).status_code == 404


async def test_no_secret_of_a_uri_is_logged(
    client: httpx.AsyncClient, executor: Executor, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for uri in (URI, URI.replace("postgresql", "oracle"), URI + " "):
        new = {"name": "flights", "uri": uri, "unknown": SECRET}
        answer = await client.post("/connections", json=new)
        assert answer.status_code == 422
        assert SECRET not in answer.text
    await asyncio.gather(client.post("/connections", json={"name": "f", "uri": URI}), executor(State.FAILED))

    told = capsys.readouterr()
    assert SECRET not in told.out + told.err + caplog.text
