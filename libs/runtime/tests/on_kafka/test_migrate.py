"""`migrate` creates topics and indexes; it may run again, side by side, and beside services that use them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaError

from libs.runtime.tests.kafka_site import KafkaSite
from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_contracts.topics import EVENTS, TOPICS, Topic
from rowcall_runtime import migrate as migrating
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.indexes import INDEXES, SCHEMA_VERSION
from rowcall_runtime.migrate import SCHEMA_ID, MigrationFailed, create_indexes, migrate, schema_is_current

pytestmark = pytest.mark.contract

SPREAD_OVER = 5
MILLISECOND = timedelta(milliseconds=1)


def settings_of(kafka: KafkaSite, store_url: str, **fields: object) -> Settings:
    url = f"{store_url}/m{uuid4().hex[:12]}"
    given = {"mongo_url": url, "kafka_bootstrap": kafka.bootstrap, "mongo_driver": "pymongo"}
    return Settings.model_validate({**given, **fields})


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Topic]:
    """The product's topics under names of the test's own."""
    prefix = uuid4().hex[:12]
    own = {f"{prefix}.{name}": replace(topic, name=f"{prefix}.{name}") for name, topic in TOPICS.items()}
    monkeypatch.setattr(migrating, "TOPICS", own)
    return own


async def test_what_is_missing_is_created_and_running_again_changes_nothing(
    kafka: KafkaSite, store_url: str, topics: Mapping[str, Topic]
) -> None:
    settings = settings_of(kafka, store_url, kafka_partitions=SPREAD_OVER)
    already = next(iter(topics))
    await kafka.create(already, partitions=SPREAD_OVER)
    async with open_store(settings.mongo_url.get_secret_value(), "pymongo") as store:
        assert await schema_is_current(store) is False

        await asyncio.gather(migrate(settings), migrate(settings))
        await migrate(settings)

        assert await schema_is_current(store) is True
    async with kafka.admin() as admin:
        described = await admin.describe_topics(list(topics))
    partitions = {topic["topic"]: len(topic["partitions"]) for topic in described}
    assert partitions == {name: topic.partitions(SPREAD_OVER) for name, topic in topics.items()}


async def test_topics_keep_what_the_design_promises_and_need_the_replicas_of_the_settings(
    kafka: KafkaSite, store_url: str, topics: Mapping[str, Topic]
) -> None:
    await migrate(settings_of(kafka, store_url))
    retention = {name: await kafka.setting(name, "retention.ms") for name in topics}
    assert retention == {name: str(round(topic.retention / MILLISECOND)) for name, topic in topics.items()}
    events = next(name for name in topics if name.endswith(EVENTS))
    assert retention[events] == "604800000", "7 days"


@pytest.mark.parametrize("replicas", [1, 2])
async def test_min_insync_replicas_is_that_of_the_settings(
    kafka: KafkaSite, store_url: str, monkeypatch: pytest.MonkeyPatch, replicas: int
) -> None:
    name = f"isr.{uuid4().hex[:12]}"
    monkeypatch.setattr(migrating, "TOPICS", {name: replace(TOPICS[EVENTS], name=name)})
    await migrate(settings_of(kafka, store_url, kafka_min_isr=replicas))
    assert await kafka.setting(name, "min.insync.replicas") == str(replicas)


@pytest.mark.parametrize(("version", "current"), [(-1, False), (0, True), (1, True), (2, False)])
async def test_code_works_on_its_own_schema_and_on_the_next(store: Store, version: int, current: bool) -> None:
    """So that the old pods serve while the new ones start."""
    migrations = store.collection(Collection.MIGRATIONS)
    await migrations.update({"_id": SCHEMA_ID}, {"$set": {"version": SCHEMA_VERSION + version}})
    assert await schema_is_current(store) is current


async def test_an_older_migration_does_not_take_back_a_newer_one(store: Store) -> None:
    migrations = store.collection(Collection.MIGRATIONS)
    await migrations.update({"_id": SCHEMA_ID}, {"$set": {"version": SCHEMA_VERSION + 1}})
    await create_indexes(store)
    assert await migrations.get({"_id": SCHEMA_ID}) == {"_id": SCHEMA_ID, "version": SCHEMA_VERSION + 1}


async def test_every_collection_that_workspaces_share_has_its_indexes(store: Store) -> None:
    for collection, indexes in INDEXES.items():
        assert await store.collection(collection).index_names() >= {index.name for index in indexes}, collection
    assert set(INDEXES) == set(Collection) - {Collection.MIGRATIONS}


async def test_a_topic_that_the_broker_refuses_is_named(
    kafka: KafkaSite, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More replicas than brokers."""
    name = f"refused.{uuid4().hex[:12]}"
    monkeypatch.setattr(migrating, "TOPICS", {name: replace(TOPICS[EVENTS], name=name)})
    with pytest.raises(MigrationFailed, match=r"Topic refused\..* was not created: InvalidReplicationFactor"):
        await migrate(settings_of(kafka, store_url, kafka_replication=3))


async def test_a_broker_that_is_away_is_one_line_and_a_failed_status(
    store_url: str, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(KafkaSite(f"127.0.0.1:{unused_tcp_port}"), store_url)
    with pytest.raises(KafkaError):
        await migrate(settings)
    monkeypatch.setenv("ROWCALL_MONGO_URL", settings.mongo_url.get_secret_value())
    monkeypatch.setenv("ROWCALL_KAFKA_BOOTSTRAP", settings.kafka_bootstrap)
    assert await asyncio.to_thread(migrating.main) == 1
    assert capsys.readouterr().err.startswith("rowcall migrate: ")
