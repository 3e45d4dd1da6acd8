"""The store's driver: motor or pymongo's own async client. The only module that imports either."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import ASCENDING, AsyncMongoClient, IndexModel, UpdateOne, WriteConcern, monitoring
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DocumentTooLarge,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from rowcall_contracts.metrics import Metric
from rowcall_contracts.resources import Collection
from rowcall_runtime.batching import Batcher, each_outcome
from rowcall_runtime.errors import DuplicateKey, StoreRefused, StoreUnavailable
from rowcall_runtime.metrics import Metrics

Driver = Literal["motor", "pymongo"]
Document = dict[str, object]
Filter = Mapping[str, object]
Sort = Sequence[tuple[str, int]]
_NativeCollection = AsyncIOMotorCollection[Document] | AsyncCollection[Document]
_NativeDatabase = AsyncIOMotorDatabase[Document] | AsyncDatabase[Document]

DEFAULT_DATABASE = "rowcall"
SERVER_SELECTION_MS = 2_000
SOCKET_TIMEOUT_MS = 10_000
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "serverSelectionTimeoutMS": SERVER_SELECTION_MS,
        "connectTimeoutMS": SERVER_SELECTION_MS,
        "socketTimeoutMS": SOCKET_TIMEOUT_MS,
        "appname": "rowcall",
    }
)
_DUPLICATE_KEY = 11000
_DOCUMENT_TOO_LARGE = 10334  # what both embedded stores and mongod answer for more than 16 MiB


@dataclass(frozen=True, kw_only=True)
class Index:
    """An ascending index. `partial` is its filter; `expire` deletes documents once their (only) field has passed."""

    name: str
    fields: tuple[str, ...]
    unique: bool = False
    partial: Filter | None = None
    expire: bool = False


class DocumentCollection:
    """One collection. Every method raises StoreUnavailable when the store does not answer in time."""

    def __init__(self, native: _NativeCollection) -> None:
        self._native = native
        self._inserting = Batcher(self._insert_together)

    async def insert(self, document: Document) -> None:
        """Inserts one document, in one command with those that others insert meanwhile.

        Raises:
            DuplicateKey: a unique index, or `_id`, holds its key already.
            StoreRefused: the document is larger than the store allows.
        """
        await self._inserting(document)

    async def insert_many(self, documents: Sequence[Document]) -> None:
        """Inserts all, in order; on an error those before it stay."""
        if documents:
            with _translated():
                await self._native.insert_many(documents)

    async def insert_each(self, documents: Sequence[Document]) -> Mapping[int, DuplicateKey | StoreRefused]:
        """Inserts, in one command, all that the store takes; returns the positions of the others, and why.

        Raises:
            StoreRefused: one is larger than any store allows; the others may be in it.
        """
        if documents:
            with _translated():
                try:
                    await self._native.insert_many(documents, ordered=False)
                except BulkWriteError as error:
                    return _refusals(error)
        return {}

    async def get(self, where: Filter, fields: Sequence[str] | None = None) -> Document | None:
        """Returns one matching document, or `None`."""
        with _translated():
            return await self._native.find_one(where, fields)

    async def find(
        self, where: Filter, *, sort: Sort | None = None, limit: int = 0, fields: Sequence[str] | None = None
    ) -> list[Document]:
        """Returns matching documents; `limit` 0 means all."""
        with _translated():
            cursor = self._native.find(where, fields, limit=limit, sort=sort)
            return await cursor.to_list(None)

    async def update(self, where: Filter, change: Mapping[str, object], *, upsert: bool = False) -> bool:
        """Changes at most one document in place; returns whether one matched."""
        with _translated():
            result = await self._native.update_one(where, change, upsert=upsert)
            return bool(result.matched_count)

    async def update_each(self, changes: Sequence[tuple[Filter, Mapping[str, object]]]) -> int:
        """Makes several changes of one document each, in one command; returns how many matched, not which.

        Raises:
            StoreRefused: the store refused one of them; the others may have been made.
        """
        with _translated():
            result = await self._native.bulk_write([UpdateOne(*each) for each in changes], ordered=False)
            return result.matched_count

    async def update_many(self, where: Filter, change: Mapping[str, object]) -> int:
        """Changes all matching documents; returns how many matched."""
        with _translated():
            result = await self._native.update_many(where, change)
            return result.matched_count

    async def delete(self, where: Filter) -> int:
        """Deletes all matching documents; returns how many."""
        with _translated():
            result = await self._native.delete_many(where)
            return result.deleted_count

    async def count(self, where: Filter, limit: int | None = None) -> int:
        """Counts matching documents, up to `limit`."""
        with _translated():
            if limit is None:
                return await self._native.count_documents(where)
            return await self._native.count_documents(where, limit=limit)

    async def create_indexes(self, indexes: Sequence[Index]) -> None:
        """Creates the indexes that are missing; an equal one that exists is left alone."""
        with _translated():
            await self._native.create_indexes([_index_model(index) for index in indexes])

    async def index_names(self) -> frozenset[str]:
        """Returns the names of the indexes that exist; none where the collection does not."""
        with _translated():
            return frozenset(await self._native.index_information())

    async def _insert_together(self, documents: Sequence[Document]) -> list[Exception | None]:
        if len(documents) == 1:
            await self._insert_alone(documents[0])
            return [None]
        try:
            refused = await self.insert_each(documents)
        except StoreRefused:  # by the driver; what it had sent already, above 48 MB, meets itself as a duplicate
            return await each_outcome(map(self._insert_alone, documents))
        return [refused.get(position) for position in range(len(documents))]

    async def _insert_alone(self, document: Document) -> None:
        with _translated():
            await self._native.insert_one(document)


class Store:
    """The store of one deployment: named collections and its clock."""

    def __init__(self, database: _NativeDatabase) -> None:
        self._database = database

    def collection(self, name: Collection) -> DocumentCollection:
        """Returns a collection; writes are acknowledged by a majority and journalled."""
        journalled = WriteConcern(w="majority", j=True)
        return DocumentCollection(self._database.get_collection(name.value, write_concern=journalled))

    async def time(self) -> datetime:
        """Returns the store's clock, from `hello.localTime`."""
        with _translated():
            answer = await self._database.command("hello")
        told = answer["localTime"]
        if not isinstance(told, datetime):
            raise StoreRefused("The store's hello carries no localTime.")
        return told if told.tzinfo else told.replace(tzinfo=UTC)

    async def ping(self) -> None:
        """Returns when the store answers.

        Raises:
            StoreUnavailable: it does not.
        """
        with _translated():
            await self._database.command("ping")


@asynccontextmanager
async def open_store(url: str, driver: Driver, metrics: Metrics | None = None) -> AsyncIterator[Store]:
    """Opens the store with the chosen driver; connects on first use. Counts commands into `metrics` when given."""
    listeners = [CommandTimer(metrics)] if metrics else []
    codec: CodecOptions[Document] = CodecOptions(tz_aware=True, tzinfo=UTC)
    if driver == "motor":
        motor: AsyncIOMotorClient[Document] = AsyncIOMotorClient(url, **_OPTIONS, event_listeners=listeners)
        try:
            yield Store(motor.get_default_database(DEFAULT_DATABASE, codec_options=codec))
        finally:
            motor.close()
    else:
        client: AsyncMongoClient[Document] = AsyncMongoClient(url, **_OPTIONS, event_listeners=listeners)
        try:
            yield Store(client.get_default_database(DEFAULT_DATABASE, codec_options=codec))
        finally:
            await client.close()


class CommandTimer(monitoring.CommandListener):
    """Feeds the duration of every store command into a metric, labelled `<command>.<collection>`.

    Reads of one document by its id are labelled `get`, so that work can be told from polling.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._names: dict[int, str] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Remembers which collection the command is for; later events do not say."""
        target = event.command.get(event.command_name)
        pinned = event.command_name == "find" and "_id" in event.command.get("filter", ())
        name = "get" if pinned else event.command_name
        self._names[event.request_id] = f"{name}.{target}" if isinstance(target, str) else name

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Records the command."""
        self._record(event.request_id, event.duration_micros)

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Records the command."""
        self._record(event.request_id, event.duration_micros)

    def _record(self, request_id: int, micros: int) -> None:
        name = self._names.pop(request_id, "unknown")
        self._metrics.observe(Metric.STORE_SECONDS, micros / 1e6, operation=name)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DuplicateKeyError as error:
        raise DuplicateKey(_index_name((error.details or {}).get("errmsg", error))) from error
    except (AutoReconnect, NetworkTimeout, ServerSelectionTimeoutError) as error:
        raise StoreUnavailable("The store did not answer.") from error
    except DocumentTooLarge as error:
        raise StoreRefused("The document is larger than the store allows.") from error
    except OperationFailure as error:
        raise _refusal(error.code, str(error)) from error
    except PyMongoError as error:
        raise StoreUnavailable("The connection to the store failed.") from error


def _refusals(error: BulkWriteError) -> dict[int, DuplicateKey | StoreRefused]:
    if error.details["writeConcernErrors"]:
        raise error
    return {each["index"]: _refusal(each["code"], each["errmsg"]) for each in error.details["writeErrors"]}


def _refusal(code: int | None, message: object) -> DuplicateKey | StoreRefused:
    if code == _DUPLICATE_KEY:
        return DuplicateKey(_index_name(message))
    if code == _DOCUMENT_TOO_LARGE:
        return StoreRefused("The document is larger than the store allows.")
    return StoreRefused(f"The store refused the command (code {code}).")


def _index_model(index: Index) -> IndexModel:
    keys = [(field, ASCENDING) for field in index.fields]
    options: dict[str, object] = {"name": index.name, "unique": index.unique}
    if index.partial:
        options["partialFilterExpression"] = index.partial
    if index.expire:
        options["expireAfterSeconds"] = 0
    return IndexModel(keys, **options)


def _index_name(message: object) -> str:
    _, marker, rest = str(message).partition("index: ")
    return rest.split()[0] if marker and rest else ""
