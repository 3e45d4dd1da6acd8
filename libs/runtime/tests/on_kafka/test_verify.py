"""A service that starts before `migrate` names everything that is missing, with the cure, and creates none of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaError
from structlog.testing import capture_logs

from libs.runtime.tests.kafka_site import KafkaSite
from libs.runtime.tests.waiting import until
from rowcall_contracts.resources import Collection
from rowcall_contracts.topics import TOPICS, Topic
from rowcall_runtime import verify
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.indexes import INDEXES, SCHEMA_VERSION
from rowcall_runtime.migrate import SCHEMA_ID, create_indexes
from rowcall_runtime.verify import Verification, missing_in_kafka, missing_in_store


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Topic]:
    """Topics that nobody has created."""
    prefix = uuid4().hex[:12]
    own = {f"{prefix}.{name}": replace(topic, name=f"{prefix}.{name}") for name, topic in TOPICS.items()}
    monkeypatch.setattr(verify, "TOPICS", own)
    return own


async def test_an_empty_store_lacks_everything_and_still_does_afterwards(store_url: str) -> None:
    async with open_store(f"{store_url}/v{uuid4().hex[:12]}", "pymongo") as store:
        for _ in range(2):
            missing = await missing_in_store(store)
            assert f"schema version {SCHEMA_VERSION}" in missing
            assert "index jobs.alarm" in missing
            assert len(missing) == 1 + sum(map(len, INDEXES.values()))

        await create_indexes(store)
        assert await missing_in_store(store) == []

        await store.collection(Collection.MIGRATIONS).update({"_id": SCHEMA_ID}, {"$set": {"version": 0}})
        assert await missing_in_store(store) == [f"schema version {SCHEMA_VERSION}"]


async def test_missing_topics_are_named_and_not_created(kafka: KafkaSite, topics: Mapping[str, Topic]) -> None:
    there, *absent = topics
    await kafka.create(there)
    for _ in range(2):
        assert await missing_in_kafka(kafka.access) == [f"topic {name}" for name in absent]
    assert not set(absent) & await kafka.topics()


async def test_a_broker_that_is_away_is_told_from_one_without_topics(kafka: KafkaSite) -> None:
    with pytest.raises(KafkaError):
        await missing_in_kafka(replace(kafka.access, bootstrap="127.0.0.1:1"))


async def test_the_log_names_what_is_missing_with_the_cure_until_it_is_there(
    kafka: KafkaSite, store_url: str, topics: Mapping[str, Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "PERIOD_S", 0.01)
    async with open_store(f"{store_url}/v{uuid4().hex[:12]}", "pymongo") as store:
        verification = Verification(store, kafka.access)
        with capture_logs() as lines:
            running = asyncio.create_task(verification.run())
            await until(lambda: {line["place"] for line in lines} == {"store", "kafka"})
            assert (await verification.indexes(), verification.topics) == (False, False)
            await create_indexes(store)
            for name in topics:
                await kafka.create(name)
            await asyncio.wait_for(running, 10)
        assert (await verification.indexes(), verification.topics) == (True, True)
    named = {name for line in lines for name in line["missing"]}
    assert {"index jobs.alarm", *(f"topic {name}" for name in topics)} <= named
    assert {line["event"] for line in lines} == {"not_migrated"}
    assert all("migrate" in line["cure"] for line in lines)


async def test_a_broker_that_is_away_keeps_no_index_from_being_seen(
    kafka: KafkaSite, shared_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "PERIOD_S", 0.01)
    verification = Verification(shared_store, replace(kafka.access, bootstrap="127.0.0.1:1"))
    with capture_logs() as lines:
        running = asyncio.create_task(verification.run())
        await until(lambda: len(lines) >= 2)
        running.cancel()
    assert {(line["event"], line["place"]) for line in lines} == {("unverified", "kafka")}
    assert (await verification.indexes(), verification.topics) == (True, False)
