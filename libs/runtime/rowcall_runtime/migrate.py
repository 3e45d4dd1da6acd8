"""Creates what services only verify: Kafka topics and store indexes. Safe to run again and side by side."""

import asyncio
import sys

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from rowcall_contracts.resources import Collection
from rowcall_contracts.settings import Settings
from rowcall_contracts.topics import TOPICS
from rowcall_runtime.driver import Store, open_store
from rowcall_runtime.environment import BadSettings, load_settings
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.indexes import INDEXES, SCHEMA_VERSION
from rowcall_runtime.kafka_security import KafkaAccess

SCHEMA_ID = "schema"


class MigrationFailed(Exception):
    """A topic or index could not be created; the message says which and why."""


async def migrate(settings: Settings) -> None:
    """Creates topics and indexes, then writes the schema version."""
    await _create_topics(settings)
    async with open_store(settings.mongo_url.get_secret_value(), settings.mongo_driver) as store:
        await create_indexes(store)


async def create_indexes(store: Store) -> None:
    """Creates the indexes that are missing and records the schema version."""
    for collection, indexes in INDEXES.items():
        await store.collection(collection).create_indexes(indexes)
    await store.collection(Collection.MIGRATIONS).update(
        {"_id": SCHEMA_ID}, {"$max": {"version": SCHEMA_VERSION}}, upsert=True
    )


async def schema_is_current(store: Store) -> bool:
    """Whether `migrate` of this version has run, or of the next, which only adds: both run side by side (design §3)."""
    found = await store.collection(Collection.MIGRATIONS).get({"_id": SCHEMA_ID})
    return found is not None and found.get("version") in (SCHEMA_VERSION, SCHEMA_VERSION + 1)


async def _create_topics(settings: Settings) -> None:
    admin = AIOKafkaAdminClient(**KafkaAccess.of(settings).client_options(), client_id="rowcall-migrate")
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        wanted = [
            NewTopic(
                topic.name,
                topic.partitions(settings.kafka_partitions),
                settings.kafka_replication,
                topic_configs={
                    "retention.ms": str(int(topic.retention.total_seconds() * 1000)),
                    "min.insync.replicas": str(settings.kafka_min_isr),
                },
            )
            for topic in TOPICS.values()
            if topic.name not in existing
        ]
        if wanted:
            answer = await admin.create_topics(wanted)
            _require_created(answer.topic_errors)
    finally:
        await admin.close()


def _require_created(errors: list[tuple[str, int, str]]) -> None:
    for name, code, *_ in errors:
        failure = for_code(code)
        if code and failure is not TopicAlreadyExistsError:
            raise MigrationFailed(f"Topic {name} was not created: {failure.__name__}.")


def main() -> int:
    """Runs from the command line; 0 on success, 1 with one line of reason otherwise."""
    try:
        asyncio.run(migrate(load_settings(Settings)))
    except (BadSettings, MigrationFailed, StoreUnavailable, KafkaError) as error:
        sys.stderr.write(f"rowcall migrate: {error}\n")
        return 1
    sys.stdout.write(f"rowcall migrate: {len(TOPICS)} topics and schema version {SCHEMA_VERSION} are in place.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
