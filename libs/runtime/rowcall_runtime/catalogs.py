"""Catalogs in the store: one document per table, so that a wide database never meets the limit of one document."""

from collections import OrderedDict
from datetime import timedelta

from rowcall_contracts.catalog import Catalog, Table
from rowcall_contracts.resources import Collection, Connection
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Document, Store
from rowcall_runtime.ids import Prefix, new_id

BATCH = 100
RECENT = 32
"""Catalogs kept in memory; a revision never changes, so they need no invalidation."""

SUPERSEDED_FOR = timedelta(hours=1)
"""How long readers that hold an older revision may still load it."""


class CatalogStore:
    """Saves and loads the catalogs of connections."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._tables = store.collection(Collection.CATALOG_TABLES)
        self._clock = clock
        self._recent: OrderedDict[str, Catalog] = OrderedDict()

    async def save(self, connection_id: str, catalog: Catalog) -> str:
        """Writes all tables as a new revision and returns its id; it is visible once the connection names it."""
        revision = new_id(Prefix.CATALOG)
        documents: list[Document] = [
            {
                "_id": f"{revision}:{position}",
                "connection_id": connection_id,
                "revision": revision,
                "position": position,
                "table": table.model_dump(mode="json", exclude_none=True),
            }
            for position, table in enumerate(catalog.tables)
        ]
        for start in range(0, len(documents), BATCH):
            await self._tables.insert_many(documents[start : start + BATCH])
        return revision

    async def load(self, connection: Connection) -> Catalog | None:
        """Returns the connection's catalog, or `None` when it has none yet."""
        if not (connection.catalog_revision and connection.catalog_fingerprint and connection.dialect):
            return None
        if kept := self._recent.get(connection.catalog_revision):
            self._recent.move_to_end(connection.catalog_revision)
            return kept
        documents = await self._tables.find({"connection_id": connection.id, "revision": connection.catalog_revision})
        documents.sort(key=lambda document: int(str(document["position"])))
        catalog = Catalog(
            dialect=connection.dialect,
            fingerprint=connection.catalog_fingerprint,
            tables=tuple(Table.model_validate(document["table"]) for document in documents),
            profiled_at=connection.profiled_at or connection.created_at,
        )
        self._keep(connection.catalog_revision, catalog)
        return catalog

    async def supersede(self, connection_id: str, revision: str) -> None:
        """Lets all other revisions of the connection expire."""
        await self._tables.update_many(
            {"connection_id": connection_id, "revision": {"$ne": revision}},
            {"$set": {"expires_at": self._clock.now() + SUPERSEDED_FOR}},
        )

    def _keep(self, revision: str, catalog: Catalog) -> None:
        self._recent[revision] = catalog
        if len(self._recent) > RECENT:
            self._recent.popitem(last=False)
