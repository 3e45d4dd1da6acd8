"""What a caller sends and reads of a connection. The URI goes in and never comes out."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from rowcall_contracts.base import Contract
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.column_policy import ColumnPolicy
from rowcall_contracts.problems import Problem
from rowcall_contracts.resources import Connection, ConnectionState, LlmShare
from rowcall_gateway.cursors import Page
from rowcall_gateway.names import Description, Name

ConnectionUri = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2_048,
        description="`sqlite:////abs/file`, `duckdb:////abs/file`, `postgresql://user:password@host/database` or"
        " `mysql://user:password@host/database`, which also stands for MariaDB and TiDB.",
        json_schema_extra={"writeOnly": True, "format": "password"},
    ),
]


SharedWithLlm = Annotated[
    LlmShare,
    Field(
        description="What may be sent to the language model, where one is configured: `schema` (names, types, keys, "
        "descriptions and counts of rows), `values` (also the values of columns with few, and ranges) or `rows` (also "
        "samples of all columns)."
    ),
]


ShownPolicy = Annotated[
    ColumnPolicy,
    Field(
        description="Columns and tables that no statement may see. `deny`: the column may not be named, and `*` leaves "
        "it out. `mask`: it is shown as a constant and may be used for nothing else. An empty policy protects nothing."
    ),
]


class NewConnection(Contract):
    """A database to register."""

    name: Name
    uri: ConnectionUri = Field(repr=False)
    description: Description = ""
    llm_share: SharedWithLlm = LlmShare.SCHEMA


class ConnectionPatch(Contract):
    """What to change; absent fields stay. A new URI is checked, and stays out when it fails."""

    name: Name | None = None
    uri: ConnectionUri | None = Field(None, repr=False)
    description: Description | None = None
    llm_share: SharedWithLlm | None = None
    column_policy: ShownPolicy | None = None


class ConnectionBody(BaseModel):
    """A connection. `uri_hint` is its scheme and its host or file name."""

    id: str
    name: str
    state: ConnectionState
    dialect: Dialect | None = None
    uri_hint: str
    description: str | None = None
    llm_share: SharedWithLlm
    column_policy: ShownPolicy = ColumnPolicy()
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
            llm_share=connection.llm_share,
            column_policy=connection.column_policy or ColumnPolicy(),
            problem=connection.problem,
            profiled_at=connection.profiled_at,
            created_at=connection.created_at,
            updated_at=connection.updated_at,
            links={"self": itself, "test": f"{itself}/test"},
        )


class ConnectionList(Page[ConnectionBody]):
    """One page of connections."""
