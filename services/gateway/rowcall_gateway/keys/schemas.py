"""What an operator sends and reads of a key. The key itself is shown once."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, Field, model_validator

from rowcall_contracts.base import Contract
from rowcall_contracts.resources import Key
from rowcall_contracts.scopes import ROLES, Role, Scope
from rowcall_gateway.cursors import Page, PageQuery
from rowcall_gateway.names import Name

MAX_RATE = 1_000_000


class NewKey(Contract):
    """A key to make, with either a role or scopes."""

    name: Name
    workspace_id: Annotated[str | None, Field(max_length=64, description="Unless given, the operator's own.")] = None
    role: Role | None = None
    scopes: Annotated[tuple[Scope, ...] | None, Field(min_length=1, max_length=len(Scope))] = None
    expires_at: AwareDatetime | None = None
    rate_per_minute: Annotated[int | None, Field(strict=True, ge=1, le=MAX_RATE)] = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.role is None) == (self.scopes is None):
            raise ValueError("Give either `role` or `scopes`.")
        return self

    def granted(self) -> tuple[Scope, ...]:
        """Returns the scopes, in the order in which the contracts list them."""
        wanted = ROLES[self.role] if self.role else frozenset(self.scopes or ())
        return tuple(scope for scope in Scope if scope in wanted)


class KeyBody(BaseModel):
    """A key. `hint` is its last four characters."""

    id: str
    workspace_id: str
    name: str
    hint: str
    scopes: tuple[Scope, ...]
    expires_at: datetime | None = None
    rate_per_minute: int | None = None
    revoked: bool
    created_at: datetime

    @classmethod
    def of(cls, key: Key) -> "KeyBody":
        """Shows a stored key."""
        return cls.model_validate(key.model_dump(include=set(cls.model_fields)))


class KeyCreated(KeyBody):
    """A new key. `key` is what callers send; it is in no later answer."""

    key: str | None = Field(None, description="Absent when an idempotency key repeats an earlier request.")


class KeyList(Page[KeyBody]):
    """One page of keys."""


class KeysQuery(PageQuery):
    """Which keys to list."""

    workspace_id: Annotated[str | None, Field(max_length=64)] = None
