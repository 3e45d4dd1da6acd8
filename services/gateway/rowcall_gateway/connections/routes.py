"""`/connections`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.connections.schemas import ConnectionBody, ConnectionList, ConnectionPatch, NewConnection
from rowcall_gateway.cursors import PageQuery
from rowcall_gateway.etags import IfMatch, etag
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.parts import Handed

Reader = Annotated[Caller, Depends(Requires(Scope.CONNECTIONS_READ))]
Writer = Annotated[Caller, Depends(Requires(Scope.CONNECTIONS_WRITE))]
Purge = Annotated[bool, Query(description="Erase its jobs and their results as well.")]

router = APIRouter(prefix="/connections", tags=["connections"])


@router.post("", status_code=201)
async def create_connection(
    new: NewConnection, caller: Writer, parts: Handed, response: Response, *, idempotency_key: IdempotencyKey = None
) -> ConnectionBody:
    """Registers a database and checks it: `ready`, or `checking` when that takes more than 10 s; 422 when it fails."""
    idempotency = Idempotency.of(caller, "POST /connections", header=idempotency_key, body=new)
    connection = await parts.connections.create(caller, new, idempotency)
    await parts.audit.changed(caller, "connection.create", connection.id)
    response.headers["Location"] = f"/connections/{connection.id}"
    response.headers["ETag"] = etag(connection.version)
    return ConnectionBody.of(connection)


@router.get("")
async def list_connections(query: Annotated[PageQuery, Query()], caller: Reader, parts: Handed) -> ConnectionList:
    """Lists the workspace's connections, newest first."""
    found, cursor = await parts.connections.connections.page({"workspace_id": caller.workspace_id}, query)
    return ConnectionList(data=[ConnectionBody.of(connection) for connection in found], next_cursor=cursor)


@router.get("/{connection_id}")
async def get_connection(connection_id: str, caller: Reader, parts: Handed, response: Response) -> ConnectionBody:
    """Reads a connection."""
    connection = await parts.connections.connections.get(caller.workspace_id, connection_id)
    response.headers["ETag"] = etag(connection.version)
    return ConnectionBody.of(connection)


@router.patch("/{connection_id}")
async def change_connection(  # sizes: the parts of a request
    connection_id: str,
    patch: ConnectionPatch,
    caller: Writer,
    parts: Handed,
    response: Response,
    *,
    if_match: IfMatch = None,
) -> ConnectionBody:
    """Changes a connection; a new URI is checked first and stays out when that fails."""
    connection = await parts.connections.change(caller, connection_id, patch, if_match=if_match)
    await parts.audit.changed(caller, "connection.change", connection.id)
    response.headers["ETag"] = etag(connection.version)
    return ConnectionBody.of(connection)


@router.delete("/{connection_id}", status_code=204)
async def delete_connection(connection_id: str, caller: Writer, parts: Handed, *, purge: Purge = False) -> None:
    """Deletes a connection and what was learnt of its database."""
    await parts.connections.delete(caller, connection_id, purge=purge)
    await parts.audit.changed(caller, "connection.purge" if purge else "connection.delete", connection_id)


@router.post("/{connection_id}/test")
async def test_connection(connection_id: str, caller: Writer, parts: Handed, response: Response) -> ConnectionBody:
    """Checks a connection again; 422 with the reason when it fails."""
    connection = await parts.connections.test(caller, connection_id)
    response.headers["ETag"] = etag(connection.version)
    return ConnectionBody.of(connection)
