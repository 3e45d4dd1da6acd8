"""`/workspaces`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.cursors import PageQuery
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.parts import Handed
from rowcall_gateway.workspaces.schemas import NewWorkspace, WorkspaceBody, WorkspaceList

Operator = Annotated[Caller, Depends(Requires(Scope.OPERATOR))]
Purge = Annotated[bool, Query(description="Erase everything in it as well.")]

router = APIRouter(prefix="/workspaces", tags=["operators"])


@router.post("", status_code=201)
async def create_workspace(
    new: NewWorkspace, caller: Operator, parts: Handed, response: Response, *, idempotency_key: IdempotencyKey = None
) -> WorkspaceBody:
    """Creates a workspace."""
    idempotency = Idempotency.of(caller, "POST /workspaces", header=idempotency_key, body=new)
    workspace = await parts.workspaces.create(new, idempotency)
    await parts.audit.changed(caller, "workspace.create", workspace.id)
    response.headers["Location"] = f"/workspaces/{workspace.id}"
    return WorkspaceBody.of(workspace)


@router.get("")
async def list_workspaces(query: Annotated[PageQuery, Query()], _: Operator, parts: Handed) -> WorkspaceList:
    """Lists all workspaces, newest first."""
    found, cursor = await parts.workspaces.workspaces.page({}, query)
    return WorkspaceList(data=[WorkspaceBody.of(workspace) for workspace in found], next_cursor=cursor)


@router.get("/{workspace_id}")
async def get_workspace(workspace_id: str, _: Operator, parts: Handed) -> WorkspaceBody:
    """Reads a workspace."""
    return WorkspaceBody.of(await parts.workspaces.workspaces.get(workspace_id, workspace_id))


@router.delete("/{workspace_id}", status_code=204)
async def delete_workspace(workspace_id: str, caller: Operator, parts: Handed, *, purge: Purge = False) -> None:
    """Deletes an empty workspace and its keys, or with `purge` one with everything in it."""
    await parts.workspaces.delete(workspace_id, purge=purge)
    await parts.audit.changed(caller, "workspace.purge" if purge else "workspace.delete", workspace_id)
