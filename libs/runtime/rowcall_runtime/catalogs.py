"""Catalogs in the store: one document per table, so that a wide database never meets the limit of one document."""

from collections import OrderedDict
from datetime import timedelta

from rowcall_contracts.catalog import Catalog, Table
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.visible_catalog import visible_catalog, without_protected_values
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Document, Filter, Store
from rowcall_runtime.ids import Prefix, new_id

BATCH = 100
RECENT = 32
"""Catalogs kept in memory; a revision never changes, so they need no invalidation."""

UNNAMED_FOR = timedelta(hours=1)
"""How long a revision is kept that no connection names: one not adopted yet, or an older one that readers may hold."""


class CatalogStore:
    """Saves and loads the catalogs of connections."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._tables = store.collection(Collection.CATALOG_TABLES)
        self._clock = clock
        self._recent: OrderedDict[str, Catalog] = OrderedDict()

    async def save(self, connection: Connection, catalog: Catalog) -> str:
        """Writes all tables as a new revision and returns its id; values that the connection protects stay out.

        It is visible once the connection names it, and expires unless it is adopted then.
        """
        expires_at = self._clock.now() + UNNAMED_FOR
        revision = new_id(Prefix.CATALOG)
        documents: list[Document] = [
            {
                "_id": f"{revision}:{position}",
                "workspace_id": connection.workspace_id,
                "connection_id": connection.id,
                "revision": revision,
                "position": position,
                "table": table.model_dump(mode="json", exclude_none=True),
                "expires_at": expires_at,
            }
            for position, table in enumerate(without_protected_values(catalog, connection.column_policy).tables)
        ]
        for start in range(0, len(documents), BATCH):
            await self._tables.insert_many(documents[start : start + BATCH])
        return revision

    async def load(self, connection: Connection) -> Catalog | None:
        """Returns what the connection's column policy shows of its catalog, or `None` when it has none yet."""
        whole = await self.load_whole(connection)
        return visible_catalog(whole, connection.column_policy) if whole is not None else None

    async def load_whole(self, connection: Connection) -> Catalog | None:
        """Like `load`, with the denied tables and columns: for the guard, which must know what it protects."""
        if not (connection.catalog_revision and connection.catalog_fingerprint and connection.dialect):
            return None
        if kept := self._recent.get(connection.catalog_revision):
            self._recent.move_to_end(connection.catalog_revision)
            return kept
        documents = await self._tables.find({**_owned(connection), "revision": connection.catalog_revision})
        documents.sort(key=lambda document: int(str(document["position"])))
        catalog = Catalog(
            dialect=connection.dialect,
            fingerprint=connection.catalog_fingerprint,
            tables=tuple(Table.model_validate(document["table"]) for document in documents),
            profiled_at=connection.profiled_at or connection.created_at,
        )
        self._keep(connection.catalog_revision, catalog)
        return catalog

    async def adopt(self, connection: Connection, revision: str) -> None:
        """Keeps the revision that the connection now names, and lets all others of it expire."""
        await self._tables.update_many({**_owned(connection), "revision": revision}, {"$unset": {"expires_at": ""}})
        await self._tables.update_many(
            {**_owned(connection), "revision": {"$ne": revision}},
            {"$set": {"expires_at": self._clock.now() + UNNAMED_FOR}},
        )

    def _keep(self, revision: str, catalog: Catalog) -> None:
        self._recent[revision] = catalog
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)


def _owned(connection: Connection) -> Filter:
    return {"connection_id": connection.id, "workspace_id": connection.workspace_id}
