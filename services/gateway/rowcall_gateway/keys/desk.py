"""Making and revoking keys."""

from collections.abc import Callable
from dataclasses import dataclass, field

from rowcall_contracts.resources import Key, Workspace
from rowcall_gateway.auth import KEY_PREFIX, Gate, key_digest
from rowcall_gateway.caller import Caller
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.keys.schemas import KeysQuery, NewKey
from rowcall_gateway.problems import Refusal
from rowcall_gateway.resources import Resources
from rowcall_runtime.clock import Clock
from rowcall_runtime.ids import Prefix, new_id

HINT_LENGTH = 4


@dataclass(frozen=True, kw_only=True)
class KeyDesk:
    """What operators may do with keys, of every workspace. `random_text` gives 256 bits fit for secrets."""

    keys: Resources[Key]
    workspaces: Resources[Workspace]
    gate: Gate
    clock: Clock
    random_text: Callable[[], str] = field(repr=False)

    async def create(self, caller: Caller, new: NewKey, idempotency: Idempotency) -> tuple[Key, str | None]:
        """Makes a key; returns it with its text, or without when an earlier request had made it.

        Raises:
            Refusal: there is no such workspace, or the key would have expired already.
        """
        now = self.clock.now()
        if new.expires_at and new.expires_at <= now:
            raise Refusal.at("/expires_at", "The key would have expired already.")
        workspace_id = new.workspace_id or caller.workspace_id
        await self.workspaces.get(workspace_id, workspace_id)
        token = KEY_PREFIX + self.random_text()
        key = Key(
            id=new_id(Prefix.KEY),
            workspace_id=workspace_id,
            created_at=now,
            updated_at=now,
            name=new.name,
            sha256=key_digest(token),
            hint=token[-HINT_LENGTH:],
            scopes=new.granted(),
            expires_at=new.expires_at,
            rate_per_minute=new.rate_per_minute,
        )
        stored, fresh = await self.keys.create(key, idempotency)
        return stored, token if fresh else None

    async def page(self, query: KeysQuery) -> tuple[list[Key], str | None]:
        """Returns one page of keys, of all workspaces or one, and the next page's cursor."""
        return await self.keys.page({"workspace_id": query.workspace_id} if query.workspace_id else {}, query)

    async def get(self, key_id: str) -> Key:
        """Returns a key of any workspace; raises Refusal when there is none."""
        document = await self.keys.repository.collection.get({"_id": key_id})
        if document is None:
            raise Refusal.not_found("key")
        return self.keys.repository.parse(document)

    async def revoke(self, key_id: str) -> None:
        """Ends a key for good: at once here, within five seconds at other replicas; it stays listed."""
        key = await self.get(key_id)
        await self.keys.repository.note(key.workspace_id, key_id, {"revoked": True, "updated_at": self.clock.now()})
        self.gate.known.forget(key.sha256)
