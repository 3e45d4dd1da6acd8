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
from rowcall_runtime.driver import open_store
from rowcall_runtime.indexes import INDEXES, SCHEMA_VERSION
from rowcall_runtime.migrate import SCHEMA_ID, create_indexes
from rowcall_runtime.verify import missing_in_kafka, missing_in_store, verify_until_complete


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
    monkeypatch.setattr(verify, "TOPICS", {})
    async with open_store(f"{store_url}/v{uuid4().hex[:12]}", "pymongo") as store:
        with capture_logs() as lines:
            away = replace(kafka.access, bootstrap="127.0.0.1:1")
            waiting = asyncio.create_task(verify_until_complete(store, away))
            await until(lambda: lines)
            waiting.cancel()
            verifying = asyncio.create_task(verify_until_complete(store, kafka.access))
            await until(lambda: len(lines) >= 2)
            await create_indexes(store)
            await asyncio.wait_for(verifying, 10)
        assert lines[0]["event"] == "unverified"
        assert (lines[-1]["event"], "migrate" in lines[-1]["cure"]) == ("not_migrated", True)
        assert "index jobs.alarm" in [name for line in lines[1:] for name in line.get("missing", ())]
