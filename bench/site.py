"""Rowcall's five services on a stage, with a small database to ask about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.backend import Stage
from tests.integration.api import Api
from tests.integration.deployment import Deployment, deployed_on
from tests.integration.small_database import small_database

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
        connection_id = api.connect(small_database(deployment.folder / "data" / "items.sqlite"), name="items")
        assert api.ask(connection_id, QUESTION)["output"]["rows"] == [[3]]
        yield Site(deployment, connection_id)
