"""Rowcall's five services on a stage, with a small database to ask about."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.backend import Stage
from tests.integration.api import Api
from tests.integration.deployment import Deployment, deployed_on

QUESTION = "How many items are there?"
UNLIMITED = {
    "ROWCALL_RATE_PER_MINUTE": "10000000",
    "ROWCALL_MAX_UNFINISHED_JOBS": "1000000",
    "ROWCALL_MAX_UNFINISHED_JOBS_TOTAL": "1000000",
}


@dataclass(frozen=True)
class Site:
    """A deployment whose connection `items` has been asked once, so its catalog is known."""

    deployment: Deployment
    connection_id: str

    @property
    def chat_body(self) -> dict[str, object]:
        """A three-step job."""
        return {"kind": "chat", "input": {"question": QUESTION, "connection_id": self.connection_id}}


@contextmanager
def asked_site(stage: Stage) -> Iterator[Site]:
    """Starts the services, asks one question, and ends them."""
    settings = {**UNLIMITED, "ROWCALL_MONGO_DRIVER": stage.backend.driver, "ROWCALL_LOG_LEVEL": "WARNING"}
    with (
        deployed_on(stage.broker, stage.store, folder=stage.folder, **settings) as deployment,
        deployment.client() as client,
    ):
        api = Api(client)
        connection_id = api.connect(_items(deployment.folder / "data" / "items.sqlite"), name="items")
        assert api.ask(connection_id, QUESTION)["output"]["rows"] == [[3]]
        yield Site(deployment, connection_id)


def _items(path: Path) -> Path:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)")
        database.executemany("INSERT INTO items (name, price) VALUES (?, ?)", [("a", 1.5), ("b", 2.5), ("c", 4.0)])
    database.close()
    return path
