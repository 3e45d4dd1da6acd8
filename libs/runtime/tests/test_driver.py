"""The driver module's contract, on both drivers and a real server: what it writes, and what its errors mean."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import START
from libs.runtime.tests.cutting_proxy import CuttingProxy
from rowcall_contracts.resources import Collection
from rowcall_runtime.driver import Document, DocumentCollection, Driver, Index, Store, open_store
from rowcall_runtime.errors import DuplicateKey, StoreRefused, StoreUnavailable
from rowcall_runtime.metrics import Metrics

pytestmark = pytest.mark.contract


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def audit(store_url: str, driver: Driver, metrics: Metrics) -> AsyncIterator[DocumentCollection]:
    """A collection without indexes, whose commands are measured."""
    async with open_store(f"{store_url}/d{uuid4().hex[:12]}", driver, metrics) as store:
        yield store.collection(Collection.AUDIT)


def numbered(count: int) -> list[Document]:
    return [{"_id": number, "even": number % 2 == 0} for number in range(count)]


async def test_values_read_back_as_they_were_written(audit: DocumentCollection) -> None:
    document: Document = {
        "_id": "a",
        "at": datetime(2026, 5, 6, 7, 8, 9, 123_000, UTC),
        "bytes": b"\x00\xff",
        "big": 2**53 + 1,
        "nested": {"rows": [[1, None, "é"], []]},
    }
    await audit.insert(document)
    assert await audit.get({"_id": "a"}) == document
    assert await audit.get({"_id": "b"}) is None
    assert await audit.get({"_id": "a"}, ["big"]) == {"_id": "a", "big": 2**53 + 1}


async def test_finding_sorts_limits_and_counts(audit: DocumentCollection) -> None:
    await audit.insert_many(numbered(10))
    await audit.insert_many([])
    found = await audit.find({"even": True}, sort=[("_id", -1)], limit=2, fields=["_id"])
    assert found == [{"_id": 8}, {"_id": 6}]
    assert len(await audit.find({})) == 10
    assert [await audit.count({"even": True}), await audit.count({}, 3), await audit.count({"_id": 99})] == [5, 3, 0]


async def test_changing_and_deleting_say_what_they_met(audit: DocumentCollection) -> None:
    await audit.insert_many(numbered(10))
    assert await audit.update({"_id": 1}, {"$set": {"even": "odd"}}) is True
    assert await audit.update({"_id": 1}, {"$set": {"even": "odd"}}) is True, "matched, though nothing changed"
    assert await audit.update({"_id": 99}, {"$set": {"even": "odd"}}) is False
    assert await audit.update({"_id": 99}, {"$set": {"even": "new"}}, upsert=True) is False
    assert await audit.get({"_id": 99}) == {"_id": 99, "even": "new"}
    assert await audit.update_many({"even": True}, {"$set": {"even": False}}) == 5
    assert await audit.delete({"even": False}) == 9
    assert await audit.delete({"even": False}) == 0


async def test_a_key_that_is_taken_is_told_from_every_other_fault(audit: DocumentCollection) -> None:
    await audit.create_indexes([Index(name="once", fields=("key", "kind"), unique=True, partial={"key": {"$gt": ""}})])
    await audit.insert({"_id": 1, "key": "k", "kind": "a"})
    await audit.insert({"_id": 2, "key": "k", "kind": "b"})
    await audit.insert_many([{"_id": 3, "key": ""}, {"_id": 4, "key": ""}, {"_id": 5}])
    with pytest.raises(DuplicateKey) as by_id:
        await audit.insert({"_id": 1})
    with pytest.raises(DuplicateKey) as by_index:
        await audit.insert({"_id": 6, "key": "k", "kind": "a"})
    assert ("_id" in by_id.value.index, "once" in by_index.value.index) == (True, True)


async def test_of_many_documents_those_whose_keys_are_free_are_inserted(audit: DocumentCollection) -> None:
    await audit.create_indexes([Index(name="once", fields=("key",), unique=True)])
    await audit.insert({"_id": 1, "key": "a"})
    offered = [{"_id": 1, "key": "z"}, {"_id": 2, "key": "a"}, {"_id": 3, "key": "b"}, {"_id": 4, "key": "b"}]
    taken = await audit.insert_each([*offered, {"_id": 5, "key": "c"}])
    held_by = {position: held.index for position, held in taken.items() if isinstance(held, DuplicateKey)}
    assert {position: "_id" in index for position, index in held_by.items()} == {0: True, 1: False, 3: False}
    assert await audit.insert_each([]) == {}
    assert await audit.find({}, sort=[("_id", 1)], fields=["key"]) == [
        {"_id": 1, "key": "a"},
        {"_id": 3, "key": "b"},
        {"_id": 5, "key": "c"},
    ]


@pytest.mark.parametrize("size", [16 * 2**20 - 10, 17 * 2**20])
async def test_of_documents_inserted_in_company_only_the_one_at_fault_is_refused(
    audit: DocumentCollection, size: int
) -> None:
    ahead = asyncio.create_task(audit.insert({"_id": 0}))
    await asyncio.sleep(0)
    offered: list[Document] = [{"_id": 1}, {"_id": "large", "text": "x" * size}, {"_id": 2}, {"_id": 1}]
    outcomes = await asyncio.gather(*map(audit.insert, offered), return_exceptions=True)
    await ahead
    assert [type(outcome) for outcome in outcomes] == [type(None), StoreRefused, type(None), DuplicateKey]
    assert [document["_id"] for document in await audit.find({}, sort=[("_id", 1)])] == [0, 1, 2]


async def test_of_several_changes_in_one_command_it_is_known_how_many_matched(audit: DocumentCollection) -> None:
    await audit.insert_many(numbered(3))
    changes = [({"_id": number, "even": True}, {"$set": {"seen": number}}) for number in range(3)]
    assert await audit.update_each(changes) == 2
    assert [document.get("seen") for document in await audit.find({}, sort=[("_id", 1)])] == [0, None, 2]


async def test_of_several_changes_in_one_command_one_that_is_refused_is_told(audit: DocumentCollection) -> None:
    await audit.insert_many(numbered(2))
    with pytest.raises(StoreRefused):
        await audit.update_each([({"_id": 0}, {"$push": {"even": 1}}), ({"_id": 1}, {"$set": {"seen": 1}})])
    assert await audit.get({"_id": 1}) == {"_id": 1, "even": False, "seen": 1}, "the others are made all the same"


async def test_creating_the_same_indexes_again_changes_nothing(audit: DocumentCollection) -> None:
    indexes = [Index(name="expiry", fields=("expires_at",), expire=True), Index(name="two", fields=("a", "b"))]
    assert await audit.index_names() == set()
    await audit.create_indexes(indexes)
    await audit.create_indexes(indexes)
    assert await audit.index_names() == {"_id_", "expiry", "two"}
    await audit.insert({"_id": 1, "a": 1, "b": 2, "expires_at": START})


@pytest.mark.parametrize("size", [16 * 2**20 - 10, 17 * 2**20])
async def test_a_document_beyond_the_stores_limit_is_refused_for_good(audit: DocumentCollection, size: int) -> None:
    with pytest.raises(StoreRefused):
        await audit.insert({"_id": "large", "text": "x" * size})
    await audit.insert({"_id": "small"})


async def test_a_command_that_the_store_does_not_take_is_refused_and_not_repeated(audit: DocumentCollection) -> None:
    await audit.insert({"_id": 1, "text": "x"})
    with pytest.raises(StoreRefused):
        await audit.update({"_id": 1}, {"$push": {"text": 1}})


@pytest.mark.parametrize(
    "act",
    [
        lambda audit: audit.insert({"_id": 2}),
        lambda audit: audit.insert_many([{"_id": 2}]),
        lambda audit: audit.insert_each([{"_id": 2}]),
        lambda audit: audit.get({"_id": 1}),
        lambda audit: audit.find({}),
        lambda audit: audit.update({"_id": 1}, {"$set": {"a": 1}}),
        lambda audit: audit.update_each([({"_id": 1}, {"$set": {"a": 1}}), ({"_id": 2}, {"$set": {"a": 1}})]),
        lambda audit: audit.update_many({}, {"$set": {"a": 1}}),
        lambda audit: audit.delete({"_id": 1}),
        lambda audit: audit.count({}),
    ],
)
async def test_a_connection_that_breaks_leaves_it_unknown_whether_a_command_took_effect(
    store_url: str, driver: Driver, act: Callable[[DocumentCollection], object]
) -> None:
    """A lost answer is never taken for a refusal or for a key that is taken, even of a write that took effect."""
    proxy = CuttingProxy(store_url)
    address = f"127.0.0.1:{await proxy.listen()}/cut{uuid4().hex[:12]}"
    options = "directConnection=true&retryWrites=false&retryReads=false"
    async with open_store(f"mongodb://{address}?{options}", driver) as store:
        audit = store.collection(Collection.AUDIT)
        await audit.insert({"_id": 1})
        proxy.cut_after = lambda request: Collection.AUDIT.value.encode() in request
        with pytest.raises(StoreUnavailable):
            await act(audit)  # type: ignore[misc]
        assert proxy.cuts
        await proxy.close()


async def test_every_write_waits_for_a_majority_and_the_journal(store: Store) -> None:
    concern = store.collection(Collection.JOBS)._native.write_concern
    assert concern.document == {"w": "majority", "j": True}


async def test_every_command_is_measured_and_reading_by_id_is_told_from_polling(
    audit: DocumentCollection, metrics: Metrics
) -> None:
    await audit.insert({"_id": 1})
    await audit.get({"_id": 1})
    for _ in range(3):
        await audit.find({"even": True})
    await audit.update({"_id": 1}, {"$set": {"a": 1}})
    counts = {
        name: metrics.registry.get_sample_value("rowcall_store_seconds_count", {"operation": f"{name}.audit"})
        for name in ("insert", "get", "find", "update")
    }
    assert counts == {"insert": 1, "get": 1, "find": 3, "update": 1}
