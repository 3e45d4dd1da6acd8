"""Documents, with the test in the summarizer's place."""

import asyncio
from uuid import uuid4

import httpx
import pytest

from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.resources import Collection
from rowcall_contracts.work import State
from rowcall_gateway.documents import desk
from rowcall_gateway.testing import Gateway, eventually

TEXT = "# Refunds\n\nA refund takes three days – never more.\n".encode()
PASSAGE = {
    "document_id": "doc_1",
    "document_name": "refunds.md",
    "heading": "Refunds",
    "text": "A refund takes three days.",
    "start": 11,
    "end": 37,
    "score": 1.5,
}


async def upload(
    client: httpx.AsyncClient, name: str = "refunds.md", content: bytes = TEXT, *, key: str | None = None
) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await client.post("/documents", files={"file": (name, content, "text/markdown")}, headers=headers)


async def test_an_upload_is_kept_and_answered_with_its_job(gateway: Gateway, client: httpx.AsyncClient) -> None:
    answer = await upload(client)

    assert answer.status_code == 202
    document, job = answer.json()["document"], answer.json()["job"]
    assert (document["name"], document["media_type"], document["size_bytes"]) == (
        "refunds.md",
        "text/markdown",
        len(TEXT),
    )
    assert (document["state"], job["kind"]) == ("indexing", "index_document")
    assert answer.headers["Location"] == f"/jobs/{job['id']}"
    assert (await gateway.job(job["id"])).input == {"document_id": document["id"]}


async def test_the_content_comes_back_byte_for_byte(client: httpx.AsyncClient) -> None:
    document_id = (await upload(client)).json()["document"]["id"]

    answer = await client.get(f"/documents/{document_id}/content")

    assert answer.content == TEXT
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_lists_and_descriptions_leave_the_content_out(client: httpx.AsyncClient) -> None:
    document = (await upload(client)).json()["document"]

    assert (await client.get("/documents")).json()["data"] == [document]
    assert (await client.get(f"/documents/{document['id']}")).json() == document


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("a.txt", "text/plain", "text/plain"),
        ("a.md", "text/plain", "text/markdown"),
        ("a.markdown", "application/octet-stream", "text/markdown"),
        ("README", "text/markdown; charset=utf-8", "text/markdown"),
        ("A.TXT", "", "text/plain"),
    ],
)
async def test_the_media_type_follows_the_ending_then_what_was_declared(
    client: httpx.AsyncClient, name: str, declared: str, expected: str
) -> None:
    answer = await client.post("/documents", files={"file": (name, b"x", declared)})

    assert answer.json()["document"]["media_type"] == expected


async def test_a_given_name_wins_over_the_files(client: httpx.AsyncClient) -> None:
    answer = await client.post("/documents", files={"file": ("a.txt", b"x", "text/plain")}, data={"name": "Terms"})

    assert answer.json()["document"]["name"] == "Terms"


async def test_a_file_of_one_mebibyte_is_taken_and_one_byte_more_is_not(client: httpx.AsyncClient) -> None:
    largest = await upload(client, content=b"x" * 1024 * 1024)
    larger = await upload(client, content=b"x" * (1024 * 1024 + 1))

    assert (largest.status_code, larger.status_code) == (202, 413)


async def test_a_repeated_upload_is_the_same_document_and_job(gateway: Gateway, client: httpx.AsyncClient) -> None:
    key = uuid4().hex
    answers = await asyncio.gather(*(upload(client, key=key) for _ in range(5)))
    other = await upload(client, content=b"other", key=key)

    assert len({answer.json()["document"]["id"] for answer in answers}) == 1
    assert len({answer.json()["job"]["id"] for answer in answers}) == 1
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-mismatch")


async def test_delete_takes_the_chunks_along_and_cancels_the_indexing(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    made = (await upload(client)).json()
    document_id, job_id = made["document"]["id"], made["job"]["id"]
    chunks = gateway.store.collection(Collection.CHUNKS)
    await chunks.insert(
        {"_id": f"{document_id}:0", "document_id": document_id, "workspace_id": workspace_id, "position": 0}
    )

    assert (await client.delete(f"/documents/{document_id}")).status_code == 204

    assert (await client.get(f"/documents/{document_id}/content")).status_code == 404
    assert await chunks.count({"document_id": document_id}) == 0
    assert (await gateway.job(job_id)).state is State.CANCELLED


async def finish_search(gateway: Gateway, workspace_id: str, state: State, fields: dict[str, object]) -> None:
    jobs = gateway.store.collection(Collection.JOBS)
    where = {"workspace_id": workspace_id, "kind": "search_documents"}

    async def asked() -> bool:
        return await jobs.get(where) is not None

    await eventually(asked)
    found = await jobs.get(where)
    assert found is not None
    await gateway.move(str(found["_id"]), state, fields=fields)


async def test_search_waits_for_its_job_and_shows_the_passages(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    answer, _ = await asyncio.gather(
        client.get("/documents/search", params={"query": "refund", "limit": 3}),
        finish_search(gateway, workspace_id, State.SUCCEEDED, {"output": {"passages": [PASSAGE]}}),
    )

    assert (answer.status_code, answer.json()) == (200, {"data": [PASSAGE]})


async def test_a_search_that_failed_answers_with_its_problem(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    problem = Problem.of(ProblemType.RETRIES_EXHAUSTED, "The index is away.")

    answer, _ = await asyncio.gather(
        client.get("/documents/search", params={"query": "refund"}),
        finish_search(gateway, workspace_id, State.FAILED, {"error": problem.model_dump()}),
    )

    assert (answer.status_code, answer.json()["detail"]) == (422, "The index is away.")


async def test_a_search_that_takes_too_long_answers_with_its_job(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "SEARCH_WAIT_S", 0.1)

    answer = await client.get("/documents/search", params={"query": "refund"})

    assert (answer.status_code, answer.json()["kind"]) == (202, "search_documents")
    assert answer.headers["Location"] == f"/jobs/{answer.json()['id']}"
