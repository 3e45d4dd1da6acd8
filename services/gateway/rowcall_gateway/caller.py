"""Who is calling, once the key has been checked."""

from dataclasses import dataclass

from rowcall_contracts.scopes import Scope


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A key that was let in. Everything it reads or writes is bound to `workspace_id`."""

    key_id: str
    workspace_id: str
    scopes: frozenset[Scope]
    rate_per_minute: int
