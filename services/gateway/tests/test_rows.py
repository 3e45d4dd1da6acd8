"""Rows of a job: from the job, or from stored pages; as JSON and as CSV."""

import csv
import io

import httpx
import pytest

from rowcall_contracts.resources import Collection
from rowcall_contracts.work import State
from rowcall_gateway.testing import Gateway

COLUMNS = [{"name": "id", "type": "integer"}, {"name": "note", "type": "text"}]
PAGE_ROWS = 10


def executed(rows: list[list[object]], **fields: object) -> dict[str, object]:
    return {
        "sql": "SELECT id, note FROM t",
        "dialect": "sqlite",
        "columns": COLUMNS,
        "rows": rows,
        "row_count": len(rows),
        "truncated": False,
        "elapsed_ms": 1,
        **fields,
    }


@pytest.fixture
async def stored(gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]) -> str:
    """A chat job whose 25 rows lie in three pages."""
    job_id: str = (await client.post("/jobs", json=chat)).json()["id"]
    rows: list[list[object]] = [[number, f"n{number}"] for number in range(25)]
    for page, first in enumerate(range(0, 25, PAGE_ROWS)):
        await gateway.store.collection(Collection.RESULTS).insert(
            {
                "_id": f"{job_id}:{page}",
                "job_id": job_id,
                "result_id": f"res_{job_id}",
                "page": page,
                "first_row": first,
                "rows": rows[first : first + PAGE_ROWS],
            }
        )
    found = executed(rows[:2], row_count=25, result_id=f"res_{job_id}", truncated=True)
    output = {"candidates": [], "outcomes": [], "chosen": 0, "executed": found}
    await gateway.move(job_id, State.RUNNING, step="narrate", fields={"outputs.execute": output})
    return job_id


@pytest.fixture
async def inline(gateway: Gateway, client: httpx.AsyncClient, workspace_id: str) -> str:
    """An `execute_sql` job that holds its rows itself."""
    wanted = {"sql": "SELECT 1", "connection_id": await gateway.new_connection(workspace_id)}
    job_id: str = (await client.post("/jobs", json={"kind": "execute_sql", "input": wanted})).json()["id"]
    rows: list[list[object]] = [[1, 'say "hi", then\r\ngo'], [2, None], [3, ""], [4, "=1+1"]]
    await gateway.move(job_id, State.SUCCEEDED, fields={"output": executed(rows, rows_url=f"/jobs/{job_id}/rows")})
    return job_id


@pytest.mark.parametrize(
    ("offset", "limit", "expected"),
    [(0, 25, range(25)), (0, 10, range(10)), (5, 10, range(5, 15)), (9, 2, range(9, 11)), (20, 100, range(20, 25))],
)
async def test_a_window_over_stored_pages_is_the_same_window_over_all_rows(
    client: httpx.AsyncClient, stored: str, offset: int, limit: int, expected: range
) -> None:
    page = (await client.get(f"/jobs/{stored}/rows", params={"offset": offset, "limit": limit})).json()

    assert [row[0] for row in page["rows"]] == list(expected)
    assert page["row_count"] == 25
    assert page["truncated"] is True
    assert page["next_offset"] == (expected.stop if expected.stop < 25 else None)


async def test_following_next_offset_reads_every_row_once(client: httpx.AsyncClient, stored: str) -> None:
    seen: list[int] = []
    offset: int | None = 0
    while offset is not None:
        page = (await client.get(f"/jobs/{stored}/rows", params={"offset": offset, "limit": 7})).json()
        seen += [row[0] for row in page["rows"]]
        offset = page["next_offset"]

    assert seen == list(range(25))


async def test_an_offset_behind_the_end_is_an_empty_page(client: httpx.AsyncClient, stored: str) -> None:
    page = (await client.get(f"/jobs/{stored}/rows", params={"offset": 25})).json()

    assert (page["rows"], page["next_offset"]) == ([], None)


async def test_csv_of_stored_pages_holds_all_rows_and_a_header(client: httpx.AsyncClient, stored: str) -> None:
    answer = await client.get(f"/jobs/{stored}/rows", params={"format": "csv"})

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows == [["id", "note"], *([str(number), f"n{number}"] for number in range(25))]


async def test_csv_is_quoted_and_tells_null_from_empty_text(client: httpx.AsyncClient, inline: str) -> None:
    answer = await client.get(f"/jobs/{inline}/rows", params={"format": "csv"})

    assert answer.text == 'id,note\r\n1,"say ""hi"", then\r\ngo"\r\n2,\r\n3,""\r\n4,=1+1\r\n'


async def test_csv_takes_a_window_too(client: httpx.AsyncClient, stored: str) -> None:
    answer = await client.get(f"/jobs/{stored}/rows", params={"format": "csv", "offset": 9, "limit": 2})

    assert answer.text == "id,note\r\n9,n9\r\n10,n10\r\n"


async def test_rows_in_the_job_are_read_alike(client: httpx.AsyncClient, inline: str) -> None:
    page = (await client.get(f"/jobs/{inline}/rows", params={"offset": 1, "limit": 2})).json()

    assert (page["rows"], page["next_offset"]) == ([[2, None], [3, ""]], 3)
    assert (await client.get(f"/jobs/{inline}")).json()["links"]["rows"] == f"/jobs/{inline}/rows"


async def test_a_job_without_rows_says_so(client: httpx.AsyncClient, chat: dict[str, object]) -> None:
    job_id = (await client.post("/jobs", json=chat)).json()["id"]

    assert (await client.get(f"/jobs/{job_id}/rows")).status_code == 404


async def test_the_rows_of_a_breakdown_are_read_task_by_task(
    gateway: Gateway, client: httpx.AsyncClient, chat: dict[str, object]
) -> None:
    job_id: str = (await client.post("/jobs", json=chat)).json()["id"]
    tasks = [
        {"id": "1", "candidates": [], "outcomes": [], "chosen": 0, "executed": executed([[1, "a"]])},
        {"id": "2", "candidates": [], "outcomes": [], "chosen": 0, "executed": executed([[2, "b"], [3, "c"]])},
        {"id": "3", "candidates": [], "outcomes": []},
    ]
    output = {"candidates": [], "outcomes": [], "tasks": tasks}
    await gateway.move(job_id, State.RUNNING, step="narrate", fields={"outputs.execute": output})

    async def rows(task: str, **params: str | int) -> httpx.Response:
        return await client.get(f"/jobs/{job_id}/tasks/{task}/rows", params=params)

    assert [(await rows(task)).json()["rows"] for task in "12"] == [[[1, "a"]], [[2, "b"], [3, "c"]]]
    assert (await rows("2", offset=1)).json()["rows"] == [[3, "c"]]
    assert (await rows("2", format="csv")).text.splitlines() == ["id,note", "2,b", "3,c"]
    assert [(await rows(task)).status_code for task in ("3", "4")] == [404, 404]
    unnamed = await client.get(f"/jobs/{job_id}/rows")
    assert (unnamed.status_code, "of 1, 2, 3" in unnamed.json()["detail"]) == (404, True)


async def test_a_job_without_tasks_has_no_rows_of_any(client: httpx.AsyncClient, stored: str, inline: str) -> None:
    for job_id in (stored, inline):
        assert (await client.get(f"/jobs/{job_id}/tasks/1/rows")).status_code == 404
