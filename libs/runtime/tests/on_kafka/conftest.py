"""A Kafka node for this folder, whose tests all run in one process, so that there is one."""

from collections.abc import Iterator

import pytest

from libs.runtime.tests.kafka_site import KafkaSite
from tools.local.stack import Broker, start_kafka
from tools.testing.tiers import Backends


@pytest.fixture(scope="package")
def broker(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[Broker]:
    """One Kafka node; a test that stops it starts it again."""
    backends.note("broker", "embedded Apache Kafka")
    with start_kafka(tmp_path_factory.mktemp("kafka")) as node:
        yield node


@pytest.fixture
def kafka(broker: Broker) -> KafkaSite:
    """The node that runs for all tests."""
    return KafkaSite(broker.bootstrap)
