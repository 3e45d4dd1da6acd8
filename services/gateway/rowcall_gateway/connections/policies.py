"""A connection's column policy against what is known of its database."""

from collections.abc import Iterator, Sequence

from rowcall_contracts.catalog import Table
from rowcall_contracts.column_policy import ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_contracts.identifiers import fold_name
from rowcall_contracts.problems import FieldError, ProblemType
from rowcall_contracts.resources import Connection
from rowcall_contracts.visible_catalog import is_about, table_without_protected_values
from rowcall_gateway.problems import Refusal
from rowcall_runtime.driver import DocumentCollection

POINTER = "/column_policy"


async def require_known_names(catalogs: DocumentCollection, connection: Connection, policy: ColumnPolicy) -> None:
    """Raises `Refusal` for names that the catalog does not have; without a catalog any name is taken.

    A misspelt name would protect nothing, and nobody would see it.
    """
    if connection.catalog_revision is None or connection.catalog_fingerprint is None:
        return
    documents = await catalogs.find({**_owned(connection), "revision": connection.catalog_revision})
    tables = [Table.model_validate(document["table"]) for document in documents]
    if errors := tuple(_faults(policy, tables)):
        raise Refusal(ProblemType.INVALID, "The policy names what the database does not have.", errors=errors)


async def forget_protected_values(catalogs: DocumentCollection, connection: Connection, policy: ColumnPolicy) -> None:
    """Removes from all stored revisions of the catalog what was learnt of the cells that are protected now."""
    for document in await catalogs.find(_owned(connection)):
        table = Table.model_validate(document["table"])
        kept = table_without_protected_values(table, policy)
        if kept != table:
            fields = kept.model_dump(mode="json", exclude_none=True)
            await catalogs.update({"_id": document["_id"]}, {"$set": {"table": fields}})


def _faults(policy: ColumnPolicy, tables: Sequence[Table]) -> Iterator[FieldError]:
    for position, entry in enumerate(policy.protected):
        yield from _faults_of(entry, tables, f"{POINTER}/protected/{position}")
    for position, denied in enumerate(policy.denied_tables):
        if not _meant(denied, tables):
            yield FieldError(pointer=f"{POINTER}/denied_tables/{position}/table", detail="There is no such table.")


def _faults_of(entry: ProtectedTable, tables: Sequence[Table], pointer: str) -> Iterator[FieldError]:
    meant = _meant(entry, tables)
    if not meant:
        yield FieldError(pointer=f"{pointer}/table", detail="There is no such table.")
        return
    known = {fold_name(column.name) for table in meant for column in table.columns}
    for field, names in (("deny", entry.deny), ("mask", entry.mask)):
        for position, name in enumerate(names):
            if fold_name(name) not in known:
                yield FieldError(pointer=f"{pointer}/{field}/{position}", detail="The table has no such column.")


def _meant(entry: ProtectedTable | DeniedTable, tables: Sequence[Table]) -> list[Table]:
    return [table for table in tables if is_about(entry, table)]


def _owned(connection: Connection) -> dict[str, object]:
    return {"connection_id": connection.id, "workspace_id": connection.workspace_id}
