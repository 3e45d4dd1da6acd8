"""Lists: pages that neither repeat nor skip, filters, and walls between workspaces."""

from datetime import timedelta

import httpx

from rowcall_contracts.work import State
from rowcall_gateway.testing import Gateway


async def new_jobs(client: httpx.AsyncClient, chat: dict[str, object], count: int) -> list[str]:
    return [(await client.post("/jobs", json=chat)).json()["id"] for _ in range(count)]


async def walk(client: httpx.AsyncClient, **params: object) -> list[str]:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        given = {name: str(value) for name, value in params.items()} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/jobs", params=given)).json()
        assert len(page["data"]) <= int(str(params.get("limit", 20)))
        seen += [job["id"] for job in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen


async def test_pages_joined_are_the_whole_list_newest_first(client: httpx.AsyncClient, chat: dict[str, object]) -> None:
    made = await new_jobs(client, chat, 7)

    for limit in (1, 3, 7, 8):
        assert await walk(client, limit=limit) == list(reversed(made)), f"pages of {limit}"


async def test_what_is_created_meanwhile_shifts_no_page(client: httpx.AsyncClient, chat: dict[str, object]) -> None:
    made = await new_jobs(client, chat, 4)
    first = (await client.get("/jobs", params={"limit": 2})).json()
    await new_jobs(client, chat, 3)

    second = (await client.get("/jobs", params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [job["id"] for job in first["data"] + second["data"]] == list(reversed(made))


async def test_filters_narrow_the_list(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], workspace_id: str
) -> None:
    failed, queued = await new_jobs(client, chat, 2)
    await gateway.move(failed, State.FAILED)
    search = {"kind": "search_documents", "input": {"query": "x"}}
    searching = (await client.post("/jobs", json=search)).json()
    after = (await gateway.job(queued)).created_at

    assert await walk(client, state="failed") == [failed]
    assert await walk(client, kind="search_documents") == [searching["id"]]
    asked = chat["input"]
    assert isinstance(asked, dict)
    assert await walk(client, connection_id=asked["connection_id"]) == [queued, failed]
    assert await walk(client, created_after=after.isoformat()) == [searching["id"]]
    assert await walk(client, created_before=after.isoformat()) == [failed]
    assert await walk(client, created_after=(after + timedelta(days=1)).isoformat()) == []


async def test_a_list_leaves_outputs_out(gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]) -> None:
    (job_id,) = await new_jobs(client, chat, 1)
    await gateway.move(job_id, State.SUCCEEDED, fields={"output": {"answer": "3"}})

    (listed,) = (await client.get("/jobs")).json()["data"]

    assert "output" not in listed
    assert listed["state"] == "succeeded"


async def test_nothing_of_another_workspace_is_seen_or_touched(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object], workspace_id: str
) -> None:
    (job_id,) = await new_jobs(client, chat, 1)
    connection_id = str(dict(chat["input"])["connection_id"])  # type: ignore[call-overload]
    document = await client.post("/documents", files={"file": ("a.txt", b"x", "text/plain")})
    document_id = document.json()["document"]["id"]
    endpoint = await client.post("/webhooks/endpoints", json={"url": "https://example.com"})
    stranger_key = await gateway.new_key("ws_stranger")
    before = await gateway.contents()

    async with gateway.client(stranger_key) as stranger:
        answers = [
            await stranger.request(method, path, headers={"If-Match": "*"}, json={} if method == "PATCH" else None)
            for method, path in (
                ("GET", f"/jobs/{job_id}"),
                ("GET", f"/jobs/{job_id}/stream"),
                ("GET", f"/jobs/{job_id}/rows"),
                ("POST", f"/jobs/{job_id}/cancel"),
                ("DELETE", f"/jobs/{job_id}"),
                ("GET", f"/connections/{connection_id}"),
                ("PATCH", f"/connections/{connection_id}"),
                ("DELETE", f"/connections/{connection_id}?purge=true"),
                ("POST", f"/connections/{connection_id}/test"),
                ("GET", f"/documents/{document_id}"),
                ("GET", f"/documents/{document_id}/content"),
                ("DELETE", f"/documents/{document_id}"),
                ("GET", endpoint.headers["Location"]),
                ("PATCH", endpoint.headers["Location"]),
                ("DELETE", endpoint.headers["Location"]),
            )
        ]
        lists = [
            (await stranger.get(path)).json()["data"]
            for path in ("/jobs", "/connections", "/documents", "/webhooks/endpoints")
        ]

    assert {answer.status_code for answer in answers} == {404}
    assert lists == [[]] * 4
    assert await gateway.contents() == before
