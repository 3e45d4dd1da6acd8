"""The embedded broker and store, as integration tests use them: killed, frozen and started again."""

from pathlib import Path

import pymongo
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo.errors import ServerSelectionTimeoutError

from tools.local.stack import Broker, Store, start_kafka, start_store
from tools.testing.tiers import Backends

pytestmark = pytest.mark.contract


async def topics(broker: Broker, *new: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        if new:
            await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1) for name in new])
        return {name for name in await admin.list_topics() if not name.startswith("__")}
    finally:
        await admin.close()


async def test_the_broker_keeps_its_topics_over_a_kill_and_loses_them_when_wiped(
    tmp_path: Path, backends: Backends
) -> None:
    with start_kafka(tmp_path / "kafka") as broker:
        backends.note("broker", "embedded Apache Kafka")
        address, pid = broker.bootstrap, broker.pid
        assert await topics(broker, "kept") == {"kept"}
        broker.kill()
        assert not broker.process.alive
        broker.restart()
        assert (broker.bootstrap, await topics(broker)) == (address, {"kept"})
        assert broker.pid != pid
        broker.wipe()
        broker.restart()
        assert await topics(broker) == set()
    assert not broker.process.alive


@pytest.fixture
def store(tmp_path: Path, backends: Backends) -> Store:
    backends.note("store", "embedded secantusd-py")
    return start_store(tmp_path / "store")


def test_an_acknowledged_write_survives_a_kill_of_the_store(store: Store) -> None:
    with store, pymongo.MongoClient[dict[str, int]](store.url) as client:
        client.get_default_database().things.insert_one({"_id": 1})
        store.kill()
        store.restart()
        assert list(client.get_default_database().things.find()) == [{"_id": 1}]


def test_a_frozen_store_answers_nobody_until_it_goes_on(store: Store) -> None:
    with store:
        store.pause()
        with pymongo.MongoClient[dict[str, int]](store.url, serverSelectionTimeoutMS=500) as client:
            with pytest.raises(ServerSelectionTimeoutError):
                client.admin.command("ping")
            store.resume()
            assert client.admin.command("ping")["ok"] == 1
