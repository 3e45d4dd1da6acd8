"""The whole way: a question over HTTP, through Kafka and five processes, out as an answer and a signed webhook."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment
from tests.integration.receivers import Received, Receiver
from tests.integration.small_database import small_database


def endpoint(api: Api, receiver: Receiver, *event_types: str) -> str:
    """Registers the receiver and returns its secret."""
    answer = api.client.post("/webhooks/endpoints", json={"url": receiver.url, "event_types": list(event_types)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


def test_a_question_becomes_rows_a_sentence_a_chart_and_a_verified_webhook(
    api: Api, demo: str, flights: Path, receiver: Receiver
) -> None:
    secret = endpoint(api, receiver, "chat.completed")
    job = api.ask(demo, "How many flights were there per month?")
    assert job["state"] == "succeeded", job
    output = job["output"]
    with closing(sqlite3.connect(flights)) as database:
        direct = [list(row) for row in database.execute(output["sql"])]
    assert output["rows"] == direct
    assert sum(row[-1] for row in output["rows"]) == 336_776
    assert "336,776" in output["answer"]
    assert output["chart"]["$schema"].endswith("v5.json")
    (delivered,) = eventually(lambda: _about(receiver, job["id"]))
    body = Webhook(secret).verify(delivered.body, dict(delivered.headers))
    assert body["type"] == "chat.completed"
    assert body["data"]["job_id"] == job["id"]
    assert body["data"]["state"] == "succeeded"
    assert "336776" not in delivered.body.decode(), "events are thin: no cell values"


def test_chat_works_right_after_the_connection_was_added(api: Api, deployment: Deployment) -> None:
    path = small_database(deployment.folder / "data" / "fresh.sqlite")
    job = api.ask(api.connect(path, name="fresh"), "How many items are there?")
    assert job["state"] == "succeeded", job
    assert job["output"]["rows"] == [[3]]


def test_a_new_table_is_found_although_the_catalog_was_read_before(api: Api, deployment: Deployment) -> None:
    path = small_database(deployment.folder / "data" / "growing.sqlite")
    connection = api.connect(path, name="growing")
    assert api.ask(connection, "How many items are there?")["state"] == "succeeded"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("ALTER TABLE items RENAME TO products")
    assert api.ask(connection, "How many products are there?")["output"]["rows"] == [[3]]


@pytest.mark.parametrize(
    ("question", "unknown"),
    [("How happy were the passengers?", "happy"), ("What was the revenue per ticket?", "revenue")],
)
def test_a_question_that_the_data_cannot_answer_is_refused_by_name(
    api: Api, demo: str, question: str, unknown: str
) -> None:
    job = api.ask(demo, question)
    assert job["state"] == "needs_input"
    assert job["output"].get("answer") is None
    assert job["output"].get("sql") is None
    assert unknown in job["output"]["clarification"]["words"]


def test_a_document_is_found_by_the_time_its_event_arrives(api: Api, receiver: Receiver) -> None:
    endpoint(api, receiver, "document.indexed")
    found: list[str] = []

    def search(_: Received) -> None:
        answer = api.client.get("/documents/search", params={"query": "quokka"})
        found.extend(passage["text"] for passage in answer.json()["data"])

    receiver.on_request = search
    text = "# Animals\n\nThe quokka smiles.\n\n# Plants\n\nThe fern is green.\n"
    upload = api.client.post("/documents", files={"file": ("animals.md", text.encode(), "text/markdown")})
    assert upload.status_code == 202, upload.text
    eventually(lambda: receiver.received)
    assert any("quokka" in passage for passage in found), found


def test_one_statement_runs_and_a_write_is_refused(api: Api, demo: str, flights: Path) -> None:
    before = flights.read_bytes()
    good = api.submit("execute_sql", {"connection_id": demo, "sql": "SELECT count(*) AS n FROM airlines"})
    assert api.ended(good["id"])["output"]["rows"] == [[16]]
    bad = api.submit("execute_sql", {"connection_id": demo, "sql": "DELETE FROM airlines"})
    ended = api.ended(bad["id"])
    assert ended["state"] == "failed"
    assert ended["error"]["type"] == "/problems/sql-refused"
    assert flights.read_bytes() == before


def test_large_results_are_paged_as_json_and_csv(api: Api, demo: str) -> None:
    job = api.submit(
        "execute_sql", {"connection_id": demo, "sql": "SELECT faa, name FROM airports ORDER BY faa", "max_rows": 5_000}
    )
    output = api.ended(job["id"])["output"]
    assert output["row_count"] > len(output["rows"]) == 100
    page = api.client.get(output["rows_url"], params={"offset": 1_200, "limit": 50}).json()
    with_header = api.client.get(output["rows_url"], params={"format": "csv"}).text.splitlines()
    assert len(page["rows"]) == 50
    assert len(with_header) == output["row_count"] + 1
    assert with_header[0] == "faa,name"


def test_the_data_is_summarised(api: Api, demo: str) -> None:
    job = api.submit("summarize_data", {"connection_id": demo})
    output = api.ended(job["id"])["output"]
    tables = {table["name"]: table for table in output["tables"]}
    assert set(tables) == {"airlines", "airports", "flights", "planes", "weather"}
    assert tables["flights"]["row_count"] == 336_776


def test_secrets_stand_in_no_answer_and_no_log(api: Api, deployment: Deployment, receiver: Receiver) -> None:
    secret = endpoint(api, receiver)
    uri = "postgresql://someone:Hunter2Hunter2@127.0.0.1:1/none"
    answer = api.client.post("/connections", json={"name": "secret", "uri": uri})
    assert answer.status_code == 422
    pages = [api.client.get(path).text for path in ("/connections", "/webhooks/endpoints", "/jobs")]
    logs = [deployment.log_of(service) for service in deployment.services]
    for text in (answer.text, *pages, *logs):
        assert "Hunter2Hunter2" not in text
        assert secret not in text


def _about(receiver: Receiver, job_id: str) -> list[Received]:
    return [each for each in receiver.received if json.loads(each.body)["data"]["job_id"] == job_id]
