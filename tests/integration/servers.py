"""Broker and store of the tests that leave them whole: given ones, containers, or the embedded ones, in this order.

Tests that stop a server always use embedded ones, which they own.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from docker.errors import DockerException
from testcontainers.community.kafka import KafkaContainer
from testcontainers.community.mongodb import MongoDbContainer
from testcontainers.core.docker_client import DockerClient

from tools.local.stack import start_kafka, start_store

GIVEN_BROKER, GIVEN_STORE = "ROWCALL_KAFKA_BOOTSTRAP", "ROWCALL_MONGO_URL"
KAFKA_IMAGE, MONGO_IMAGE = "confluentinc/cp-kafka:8.1.0", "mongo:8"  # Confluent's 8.1 is Apache Kafka 4.1


class Bootstrapped(Protocol):
    """A Kafka to connect to."""

    @property
    def bootstrap(self) -> str:
        """`host:port`."""


class Located(Protocol):
    """A store to connect to."""

    @property
    def url(self) -> str:
        """The connection string, with a database as its path."""


@dataclass(frozen=True)
class Servers:
    """The names say for the summary what they are."""

    broker_name: str
    store_name: str
    broker: Bootstrapped
    store: Located


@dataclass(frozen=True)
class _Elsewhere:
    """Servers that are known by their addresses alone."""

    bootstrap: str
    url: str


@contextmanager
def serving(folder: Path) -> Iterator[Servers]:
    """Yields a broker and a store until the block ends."""
    with ExitStack() as stack:
        if GIVEN_BROKER in os.environ and GIVEN_STORE in os.environ:
            given = _Elsewhere(os.environ[GIVEN_BROKER], os.environ[GIVEN_STORE])
            yield Servers("given", "given", given, given)
        elif no_containers() is None:
            kafka = stack.enter_context(KafkaContainer(KAFKA_IMAGE).with_kraft())
            mongo = stack.enter_context(MongoDbContainer(MONGO_IMAGE))
            url = f"{mongo.get_connection_url()}/rowcall?authSource=admin"
            contained = _Elsewhere(kafka.get_bootstrap_server(), url)
            yield Servers(KAFKA_IMAGE, MONGO_IMAGE, contained, contained)
        else:
            broker = stack.enter_context(start_kafka(folder / "kafka"))
            # Nobody kills this store, and a slow disk would be what the tests measure.
            store = stack.enter_context(start_store(folder / "store", sync=False))
            yield Servers("embedded Apache Kafka", f"embedded {store.server.program.name}", broker, store)


def no_containers() -> str | None:
    """Returns why no container engine answers, `None` where one does."""
    try:
        DockerClient().client.ping()
    except (DockerException, OSError) as error:
        return f"no container engine answers: {type(error).__name__}"
    return None
