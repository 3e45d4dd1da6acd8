"""Says at start what `migrate` has not created. Services create nothing themselves."""

import asyncio
from collections.abc import Sequence

import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from rowcall_contracts.topics import TOPICS
from rowcall_runtime.driver import Store
from rowcall_runtime.errors import StoreUnavailable
from rowcall_runtime.indexes import INDEXES, SCHEMA_VERSION
from rowcall_runtime.kafka_security import KafkaAccess
from rowcall_runtime.migrate import schema_is_current

CURE = "Run `python -m rowcall_runtime.migrate` of this version with the services' settings."
PERIOD_S = 10.0

_log = structlog.get_logger()


async def verify_until_complete(store: Store, access: KafkaAccess) -> None:
    """Names what is missing in the log, again and again, until nothing is."""
    while True:
        try:
            missing = [*await missing_in_store(store), *await missing_in_kafka(access)]
        except (StoreUnavailable, KafkaError):
            _log.warning("unverified", reason="The store or Kafka does not answer.")
        else:
            if not missing:
                return
            _log.error("not_migrated", missing=missing, cure=CURE)
        await asyncio.sleep(PERIOD_S)


async def missing_in_store(store: Store) -> Sequence[str]:
    """Names the schema version and the indexes that are not there; raises StoreUnavailable."""
    missing = [] if await schema_is_current(store) else [f"schema version {SCHEMA_VERSION}"]
    for collection, indexes in INDEXES.items():
        present = await store.collection(collection).index_names()
        missing += [f"index {collection.value}.{index.name}" for index in indexes if index.name not in present]
    return missing


async def missing_in_kafka(access: KafkaAccess) -> Sequence[str]:
    """Names the topics that are not there; raises KafkaError."""
    admin = AIOKafkaAdminClient(**access.client_options(), client_id="rowcall-verify")
    try:
        await admin.start()
        present = set(await admin.list_topics())
    finally:
        await admin.close()
    return [f"topic {name}" for name in TOPICS if name not in present]
