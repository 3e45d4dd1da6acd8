"""What a caller sends and reads of a connection. The URI goes in and never comes out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from rowcall_contracts.base import Contract
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.problems import Problem
from rowcall_contracts.resources import Connection, ConnectionState
from rowcall_gateway.cursors import Page
from rowcall_gateway.names import Description, Name

ConnectionUri = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_048,
        description="`sqlite:////abs/file`, `duckdb:////abs/file` or `postgresql://user:password@host/database`.",
        json_schema_extra={"writeOnly": True, "format": "password"},
    ),
]


class NewConnection(Contract):
    """A database to register."""

    name: Name
    uri: ConnectionUri = Field(repr=False)
    description: Description = ""


class ConnectionPatch(Contract):
    """What to change; absent fields stay. A new URI is checked, and stays out when it fails."""

    name: Name | None = None
    uri: ConnectionUri | None = Field(None, repr=False)
    description: Description | None = None


class ConnectionBody(BaseModel):
    """A connection. `uri_hint` is its scheme and its host or file name."""

    id: str
    name: str
    state: ConnectionState
    dialect: Dialect | None = None
    uri_hint: str
    description: str | None = None
    problem: Problem | None = Field(None, description="Why the last check failed.")
    profiled_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, connection: Connection) -> "ConnectionBody":
        """Shows a stored connection."""
        itself = f"/connections/{connection.id}"
        return cls(
            id=connection.id,
            name=connection.name,
            state=connection.state,
            dialect=connection.dialect,
            uri_hint=connection.uri_hint,
            description=connection.description,
            problem=connection.problem,
            profiled_at=connection.profiled_at,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
            links={"self": itself, "test": f"{itself}/test"},
        )


class ConnectionList(Page[ConnectionBody]):
    """One page of connections."""
