"""A stream that is cut after each event and resumed is the uncut one."""

import httpx
import pytest

from tests.integration.api import Api
from tests.integration.deployment import Deployment
from tests.integration.small_database import small_database


@pytest.fixture
def finished(api: Api, deployment: Deployment) -> str:
    """A job that has ended."""
    path = deployment.folder / "data" / "stream.sqlite"
    if not path.exists():
        small_database(path)
    return str(api.ask(api.connect(path, name="stream"), "How many items are there?")["id"])


def events(api: Api, job_id: str, *, after: str | None = None, most: int = 1000) -> list[tuple[str, str, str]]:
    """Reads up to `most` events as (id, event, data), then cuts the connection."""
    headers = {"Last-Event-ID": after} if after else {}
    found: list[tuple[str, str, str]] = []
    fields: dict[str, str] = {}
    with api.client.stream("GET", f"/jobs/{job_id}/stream", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if line and name:
                fields[name] = value
            elif fields.get("id"):
                found.append((fields["id"], fields["event"], fields["data"]))
                fields = {}
            if len(found) == most:
                break
    return found


def test_a_stream_cut_after_each_event_and_resumed_equals_the_uncut_one(api: Api, finished: str) -> None:
    whole = events(api, finished)
    assert [int(number) for number, _, _ in whole] == list(range(1, len(whole) + 1))
    assert [name for _, name, _ in whole] == ["state"] * (len(whole) - 1) + ["end"]
    for cut in range(1, len(whole)):
        first = events(api, finished, most=cut)
        assert first + events(api, finished, after=first[-1][0]) == whole, f"cut after {cut}"


def test_a_live_stream_ends_with_the_answer(api: Api, deployment: Deployment) -> None:
    path = small_database(deployment.folder / "data" / "live.sqlite")
    connection = api.connect(path, name="live")
    job = api.submit("chat", {"question": "How many items are there?", "connection_id": connection})
    live = events(api, job["id"])
    assert live[-1][1] == "end"
    assert '"succeeded"' in live[-1][2]
    assert live == events(api, job["id"])


def test_a_wrong_last_event_id_is_refused(api: Api, finished: str) -> None:
    answer: httpx.Response = api.client.get(f"/jobs/{finished}/stream", headers={"Last-Event-ID": "999"})
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-request"
