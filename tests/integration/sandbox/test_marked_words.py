"""What people ask, the literals of the SQL and the cells it finds stand in no log, span, metric or record."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.api import Api, eventually
from tests.integration.deployment import Sandbox
from tests.integration.event_log import published_bytes
from tests.integration.llm_server import LanguageModel
from tests.integration.receivers import Receiver

QUESTION, LITERAL, CELL, PASSAGE = "quokkaquestion", "quokkaliteral", "quokkacell", "quokkapassage"
WORDS = (QUESTION, LITERAL, CELL, PASSAGE)
GOOD = f"SELECT name AS item FROM items WHERE name <> '{LITERAL}'"
WRONG = f"SELECT missing FROM items WHERE name <> '{LITERAL}'"
REFUSED = f"DELETE FROM items WHERE name = '{LITERAL}'"
FAILING = f"SELECT abs(-9223372036854775808) FROM items WHERE name <> '{LITERAL}'"


def marked_database(path: Path) -> Path:
    """Creates a database with one cell."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE items (name TEXT)")
        database.execute("INSERT INTO items VALUES (?)", (CELL,))
    return path


def test_what_was_asked_and_found_is_told_to_nobody_else(
    api: Api,
    deployment: Sandbox,
    receiver: Receiver,
    collector: Receiver,
    model: LanguageModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = api.connect(marked_database(deployment.folder / "data" / "marked.sqlite"), name="marked")
    with api.listening(receiver.url):
        jobs = [api.submit("execute_sql", {"connection_id": connection, "sql": sql}) for sql in (REFUSED, FAILING)]
        jobs.append(api.submit("summarize_data", {"connection_id": connection}))
        text = f"# Animals\n\nThe {PASSAGE} smiles.\n".encode()
        jobs.append(api.client.post("/documents", files={"file": ("a.md", text, "text/markdown")}).json()["job"])
        ended = [api.ended(job["id"]) for job in jobs]
        found = api.client.get("/documents/search", params={"query": PASSAGE})
        for sql in (GOOD, WRONG, REFUSED):
            monkeypatch.setattr(model, "sql", sql)
            ended.append(api.ask(connection, f"Which {QUESTION} has the name {LITERAL}?"))
        told = {job["id"] for job in ended}
        eventually(lambda: told <= set(receiver.ids_by_job()))
        eventually(lambda: _has_spans_of_all(collector))

    assert PASSAGE in found.text
    assert CELL in str(ended[-3]["output"]), "the caller is told"
    assert [job["state"] for job in ended[:2]] == ["failed", "failed"]
    kafka = published_bytes(deployment.broker.bootstrap)
    assert all(job_id.encode() in kafka for job_id in told), "all of Kafka was read"
    places = {
        "kafka": kafka,
        "webhooks": b"".join(each.body for each in receiver.received),
        "spans": b"".join(each.body for each in collector.received),
        **{f"log of {service}": deployment.log_of(service).encode() for service in deployment.services},
        **{f"metrics of {service}": deployment.metrics(service).encode() for service in deployment.services},
    }
    seen = [(word, place) for word in WORDS for place, content in places.items() if word.encode() in content]
    assert not seen


def _has_spans_of_all(collector: Receiver) -> bool:
    bodies = b"".join(each.body for each in tuple(collector.received))
    return all(f"step {step}".encode() in bodies for step in ("execute", "generate", "index", "search", "summarize"))
