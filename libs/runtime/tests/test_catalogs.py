"""Catalogs: a document per table, named by a revision that expires unless a connection adopts it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import ManualClock
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_contracts.resources import Collection, Connection, ConnectionState, SealedSecret
from rowcall_runtime.catalogs import UNNAMED_FOR, CatalogStore
from rowcall_runtime.driver import Document, Store
from rowcall_runtime.indexes import INDEXES

PROFILED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def connection() -> Connection:
    """A connection that no other test uses."""
    name = uuid4().hex[:26]
    return Connection(
        id=f"conn_{name}",
        workspace_id=f"ws_{name}",
        created_at=PROFILED_AT,
        updated_at=PROFILED_AT,
        name="shop",
        uri=SealedSecret(key_id="k", ciphertext=b""),
        uri_hint="shop",
        state=ConnectionState.READY,
        dialect=Dialect.SQLITE,
    )


@pytest.fixture
def catalogs(shared_store: Store, clock: ManualClock) -> CatalogStore:
    return CatalogStore(shared_store, clock)


def catalog_of(*names: str, text: str = "") -> Catalog:
    profile = ColumnProfile(distinct_count=2, values=("a", text), minimum=None)
    column = Column(name="note", type="TEXT", kind=ColumnKind.TEXT, profile=profile)
    tables = tuple(Table(name=name, columns=(column,), row_count=3) for name in names)
    return Catalog(dialect=Dialect.SQLITE, fingerprint="f1", tables=tables, profiled_at=PROFILED_AT)


def naming(connection: Connection, revision: str, catalog: Catalog) -> Connection:
    """The connection once it names a revision."""
    named = {"catalog_revision": revision, "catalog_fingerprint": catalog.fingerprint, "profiled_at": PROFILED_AT}
    return connection.model_copy(update=named)


async def stored(store: Store, connection: Connection) -> Sequence[Document]:
    return await store.collection(Collection.CATALOG_TABLES).find({"connection_id": connection.id})


async def test_what_is_saved_is_loaded_whole_and_in_order_by_another_process(
    catalogs: CatalogStore, shared_store: Store, clock: ManualClock, connection: Connection
) -> None:
    catalog = catalog_of(*(f"t{number}" for number in range(250)))
    named = naming(connection, await catalogs.save(connection, catalog), catalog)
    tables = shared_store.collection(Collection.CATALOG_TABLES)
    (first,) = await tables.find({"_id": f"{named.catalog_revision}:0"})
    await tables.delete({"_id": first["_id"]})
    await tables.insert(first)  # the store promises no order

    assert await CatalogStore(shared_store, clock).load(named) == catalog


async def test_a_wide_catalog_of_more_than_one_document_may_hold_loads_whole(
    catalogs: CatalogStore, connection: Connection
) -> None:
    catalog = catalog_of(*(f"t{number}" for number in range(90)), text="x" * 200_000)
    assert len(catalog.model_dump_json()) > 16 * 2**20
    named = naming(connection, await catalogs.save(connection, catalog), catalog)
    assert await catalogs.load(named) == catalog


async def test_every_document_names_its_workspace_and_expires_until_it_is_adopted(
    catalogs: CatalogStore, shared_store: Store, clock: ManualClock, connection: Connection
) -> None:
    revision = await catalogs.save(connection, catalog_of("a", "b"))

    for document in await stored(shared_store, connection):
        assert (document["workspace_id"], document["expires_at"]) == (
            connection.workspace_id,
            clock.now() + UNNAMED_FOR,
        )
    assert any(index.expire and index.fields == ("expires_at",) for index in INDEXES[Collection.CATALOG_TABLES])

    await catalogs.adopt(connection, revision)
    assert ["expires_at" in document for document in await stored(shared_store, connection)] == [False, False]


async def test_adopting_lets_all_former_revisions_of_this_connection_alone_expire(
    catalogs: CatalogStore, shared_store: Store, clock: ManualClock, connection: Connection
) -> None:
    other = connection.model_copy(update={"id": f"{connection.id}x"})
    first, foreign = await catalogs.save(connection, catalog_of("a")), await catalogs.save(other, catalog_of("a"))
    await catalogs.adopt(connection, first)
    await catalogs.adopt(other, foreign)
    clock.pass_(days=3)
    second = await catalogs.save(connection, catalog_of("b"))

    await catalogs.adopt(connection, second)

    expiring = {document["revision"]: document.get("expires_at") for document in await stored(shared_store, connection)}
    assert expiring == {first: clock.now() + UNNAMED_FOR, second: None}
    assert ["expires_at" in document for document in await stored(shared_store, other)] == [False]


async def test_a_reader_of_a_former_revision_still_finds_it(
    catalogs: CatalogStore, shared_store: Store, clock: ManualClock, connection: Connection
) -> None:
    former = catalog_of("a")
    reading = naming(connection, await catalogs.save(connection, former), former)
    await catalogs.adopt(connection, await catalogs.save(connection, catalog_of("b")))
    assert await CatalogStore(shared_store, clock).load(reading) == former


async def test_another_workspace_finds_nothing_under_the_same_ids(
    catalogs: CatalogStore, shared_store: Store, clock: ManualClock, connection: Connection
) -> None:
    catalog = catalog_of("a")
    named = naming(connection, await catalogs.save(connection, catalog), catalog)
    foreign = await CatalogStore(shared_store, clock).load(named.model_copy(update={"workspace_id": "ws_other"}))
    assert foreign is not None
    assert foreign.tables == ()


async def test_a_connection_that_was_never_read_has_no_catalog(catalogs: CatalogStore, connection: Connection) -> None:
    assert await catalogs.load(connection) is None
