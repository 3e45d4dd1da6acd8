"""The column policy of a connection: set by PATCH, shown by GET, checked against the catalog."""

from datetime import UTC, datetime

import httpx

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_contracts.resources import Collection, Connection
from rowcall_gateway.testing import Gateway
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.repository import Repository

ANY = {"If-Match": "*"}
POLICY = {
    "protected": [{"table": "Staff", "namespace": None, "deny": ["password"], "mask": ["E.Mail"]}],
    "denied_tables": [{"table": "vault", "namespace": None}],
}
NOTHING: dict[str, object] = {"protected": [], "denied_tables": []}


def column(name: str) -> Column:
    profile = ColumnProfile(values=(f"value of {name}",))
    return Column(name=name, type="TEXT", kind=ColumnKind.TEXT, profile=profile)


CATALOG = Catalog(
    dialect=Dialect.SQLITE,
    fingerprint="f",
    tables=(
        Table(name="staff", columns=(column("name"), column("password"), column("e.mail"))),
        Table(name="vault", columns=(column("pin"),)),
    ),
    profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
)


async def profiled(gateway: Gateway, workspace_id: str) -> str:
    """A connection with a catalog, as the executor leaves it."""
    connection_id = await gateway.new_connection(workspace_id)
    connections = Repository(gateway.store.collection(Collection.CONNECTIONS), Connection)
    connection = await connections.get(workspace_id, connection_id)
    assert connection is not None
    revision = await CatalogStore(gateway.store, gateway.platform.clock).save(connection, CATALOG)
    learnt = {"catalog_revision": revision, "catalog_fingerprint": "f", "dialect": "sqlite"}
    await connections.note(workspace_id, connection_id, learnt)
    return connection_id


async def test_a_policy_is_set_shown_and_lifted(gateway: Gateway, client: httpx.AsyncClient, workspace_id: str) -> None:
    path = f"/connections/{await profiled(gateway, workspace_id)}"

    assert (await client.get(path)).json()["column_policy"] == NOTHING
    changed = await client.patch(path, json={"column_policy": POLICY}, headers=ANY)
    assert (changed.status_code, changed.json()["column_policy"]) == (200, POLICY)
    await client.patch(path, json={"name": "other"}, headers=ANY)
    assert (await client.get(path)).json()["column_policy"] == POLICY
    lifted = await client.patch(path, json={"column_policy": {}}, headers=ANY)
    assert lifted.json()["column_policy"] == NOTHING


async def test_names_that_the_catalog_does_not_have_are_refused_with_their_places(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    path = f"/connections/{await profiled(gateway, workspace_id)}"
    wrong = {
        "protected": [
            {"table": "staff", "deny": ["name", "pasword"], "mask": ["mail"]},
            {"table": "stuff", "deny": ["name"]},
        ],
        "denied_tables": [{"table": "vault", "namespace": "hr"}, {"table": "volt"}],
    }

    answer = await client.patch(path, json={"column_policy": wrong}, headers=ANY)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/column_policy/protected/0/deny/1",
        "/column_policy/protected/0/mask/0",
        "/column_policy/protected/1/table",
        "/column_policy/denied_tables/1/table",
    ]
    assert (await client.get(path)).json()["column_policy"] == NOTHING


async def test_unknown_fields_of_a_policy_are_refused(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    path = f"/connections/{await gateway.new_connection(workspace_id)}"

    answer = await client.patch(path, json={"column_policy": {"hidden": []}}, headers=ANY)

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/column_policy/hidden")


async def test_what_was_learnt_of_protected_cells_is_forgotten_at_once(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    connection_id = await profiled(gateway, workspace_id)
    tables = gateway.store.collection(Collection.CATALOG_TABLES)

    await client.patch(f"/connections/{connection_id}", json={"column_policy": POLICY}, headers=ANY)

    kept = str(await tables.find({"connection_id": connection_id}))
    assert [word in kept for word in ("of name", "of password", "of e.mail", "of pin")] == [True, False, False, False]


async def test_a_new_policy_sends_the_next_question_to_the_database_first(
    gateway: Gateway, client: httpx.AsyncClient, workspace_id: str
) -> None:
    connection_id = await profiled(gateway, workspace_id)
    connections = Repository(gateway.store.collection(Collection.CONNECTIONS), Connection)

    await client.patch(f"/connections/{connection_id}", json={"column_policy": POLICY}, headers=ANY)

    connection = await connections.get(workspace_id, connection_id)
    assert connection is not None
    assert await CatalogStore(gateway.store, gateway.platform.clock).load(connection) is None
