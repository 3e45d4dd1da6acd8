"""Structure and profile become the connection's catalog: read again only when asked or changed."""

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_contracts.jobs import JobKind
from rowcall_contracts.outputs import Introspected
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_executor.introspecting import Introspecting
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.errors import Permanent
from services.executor.tests.office import Office, sqlite_file


async def introspected(office: Office, connection: Connection, kind: JobKind = JobKind.CHAT) -> Introspected:
    output = (await office.run(Step.INTROSPECT, office.job(kind, connection))).output
    assert isinstance(output, Introspected)
    return output


async def catalog_of(office: Office, connection: Connection) -> Catalog:
    catalog = await office.catalogs.load(await office.now(connection))
    assert catalog is not None
    return catalog


async def test_what_is_read_becomes_the_catalog_that_other_services_load(office: Office, shop_uri: str) -> None:
    connection = await office.connect(shop_uri)

    output = await introspected(office, connection)

    stored, catalog = await office.now(connection), await catalog_of(office, connection)
    item = catalog.table("item")
    assert item is not None
    assert (item.row_count, [column.name for column in item.columns]) == (3, ["id", "name", "price"])
    assert (output.changed, output.fingerprint) == (True, catalog.fingerprint)
    assert (stored.catalog_fingerprint, stored.dialect) == (catalog.fingerprint, catalog.dialect)
    assert stored.structure_checked_at is not None
    tables = await office.tables(connection)
    assert [(table["workspace_id"], table.get("expires_at")) for table in tables] == [
        (office.workspace_id, None) for _ in catalog.tables
    ]


async def test_for_a_question_an_unchanged_structure_is_enough(office: Office, shop: Connection) -> None:
    await introspected(office, shop)
    before = await office.now(shop)
    sqlite_file(office.root / "shop.sqlite", script="INSERT INTO item VALUES (4, 'cog', 1);")

    output = await introspected(office, before)

    after = await office.now(shop)
    assert output.changed is False
    assert (after.catalog_revision, after.profiled_at) == (before.catalog_revision, before.profiled_at)
    assert before.structure_checked_at is not None
    assert after.structure_checked_at is not None
    assert after.structure_checked_at > before.structure_checked_at


async def test_a_changed_structure_is_read_again_and_the_former_one_expires(office: Office, shop: Connection) -> None:
    await introspected(office, shop)
    before = await office.now(shop)
    sqlite_file(office.root / "shop.sqlite", script="ALTER TABLE item ADD COLUMN weight INTEGER;")

    output = await introspected(office, before)

    after, catalog = await office.now(shop), await catalog_of(office, shop)
    item = catalog.table("item")
    assert item is not None
    assert item.column("weight") is not None
    assert output.changed is True
    assert after.catalog_revision != before.catalog_revision
    expiring = {table["revision"] for table in await office.tables(shop) if "expires_at" in table}
    assert expiring == {before.catalog_revision}


async def test_a_summary_has_the_profile_read_again(office: Office, shop: Connection) -> None:
    await introspected(office, shop)
    before = await office.now(shop)
    sqlite_file(office.root / "shop.sqlite", script="INSERT INTO item VALUES (4, 'cog', 1);")

    output = await introspected(office, before, JobKind.SUMMARIZE_DATA)

    item = (await catalog_of(office, shop)).table("item")
    assert item is not None
    assert (output.changed, item.row_count) == (True, 4)


async def test_of_a_connection_that_is_deleted_while_it_is_read_nothing_stays(office: Office, shop: Connection) -> None:
    class Deleting(CatalogStore):
        async def save(self, connection: Connection, catalog: Catalog) -> str:
            revision = await super().save(connection, catalog)
            await office.connections.delete(connection.workspace_id, connection.id)
            return revision

    clock = office.platform.clock
    introspecting = Introspecting(office.customers, Deleting(office.store, clock), clock)

    with pytest.raises(Permanent) as refused:
        await introspecting(office.job(JobKind.CHAT, shop))

    assert refused.value.kind is ProblemType.NOT_FOUND
    tables = await office.tables(shop)
    assert tables
    assert all("expires_at" in table for table in tables)
