"""Sees at start what `migrate` has not created, and says so. Services create nothing themselves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

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
PERIOD_S = 5.0

_log = structlog.get_logger()


class Verification:
    """Looks until nothing is missing, at store and broker apart; what was complete once is not looked at again.

    A process without its indexes must not be ready: the unique ones decide whether a repeated request makes a second
    job. Without topics it may: the store alone is enough.
    """

    def __init__(self, store: Store, access: KafkaAccess) -> None:
        self.topics = False
        self._indexes = False
        self._store = store
        self._access = access

    async def indexes(self) -> bool:
        """Whether all indexes were there at some look, at the latest now; raises StoreUnavailable."""
        return self._indexes or not await self._missing_in_store()

    async def run(self) -> None:
        """Names what is missing in the log, again and again, until nothing is."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_until_complete("store", self._missing_in_store))
            group.create_task(_until_complete("kafka", self._missing_in_kafka))

    async def _missing_in_store(self) -> Sequence[str]:
        missing = await missing_in_store(self._store)
        self._indexes = not missing
        return missing

    async def _missing_in_kafka(self) -> Sequence[str]:
        missing = await missing_in_kafka(self._access)
        self.topics = not missing
        return missing


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


async def _until_complete(place: str, look: Callable[[], Awaitable[Sequence[str]]]) -> None:
    while True:
        try:
            missing = await look()
        except (StoreUnavailable, KafkaError):
            _log.warning("unverified", place=place, reason="It does not answer.")
        else:
            if not missing:
                return
            _log.error("not_migrated", place=place, missing=missing, cure=CURE)
        await asyncio.sleep(PERIOD_S)
