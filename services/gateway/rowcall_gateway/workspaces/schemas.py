"""What an operator sends and reads of a workspace."""

from datetime import datetime

from pydantic import BaseModel

from rowcall_contracts.base import Contract
from rowcall_contracts.resources import Workspace
from rowcall_gateway.cursors import Page
from rowcall_gateway.names import Name


class NewWorkspace(Contract):
    """A workspace to create."""

    name: Name


class WorkspaceBody(BaseModel):
    """A workspace."""

    id: str
    name: str
    created_at: datetime

    @classmethod
    def of(cls, workspace: Workspace) -> "WorkspaceBody":
        """Shows a stored workspace."""
        return cls(id=workspace.id, name=workspace.name, created_at=workspace.created_at)


class WorkspaceList(Page[WorkspaceBody]):
    """One page of workspaces."""
