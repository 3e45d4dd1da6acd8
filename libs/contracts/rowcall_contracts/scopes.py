"""What a key may do: scopes, and roles as named sets of them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Scope(StrEnum):
    """One permission; `:write` includes creating, changing and deleting."""

    JOBS_READ = "jobs:read"
    JOBS_WRITE = "jobs:write"
    CONNECTIONS_READ = "connections:read"
    CONNECTIONS_WRITE = "connections:write"
    DOCUMENTS_READ = "documents:read"
    DOCUMENTS_WRITE = "documents:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    OPERATOR = "operator"  # workspaces and keys of every workspace


class Role(StrEnum):
    """A named set of scopes."""

    READER = "reader"
    ANALYST = "analyst"
    ADMIN = "admin"
    OPERATOR = "operator"


_READS = frozenset({Scope.JOBS_READ, Scope.CONNECTIONS_READ, Scope.DOCUMENTS_READ, Scope.WEBHOOKS_READ})
_ADMIN = frozenset(Scope) - {Scope.OPERATOR}

ROLES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.READER: _READS,
        Role.ANALYST: _READS | {Scope.JOBS_WRITE},
        Role.ADMIN: _ADMIN,
        Role.OPERATOR: frozenset(Scope),
    }
)
