"""API keys: from a bearer token to a caller. Only the SHA-256 of a key is ever stored or compared."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import SecretStr

from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection, Key, Workspace
from rowcall_contracts.scopes import ROLES, Role, Scope
from rowcall_gateway.audit import Audit, Outcome
from rowcall_gateway.caller import Caller
from rowcall_gateway.expiring import ExpiringCache
from rowcall_gateway.limits import Allowance, RateLimits
from rowcall_gateway.problems import Refusal
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import Store
from rowcall_runtime.errors import DuplicateKey
from rowcall_runtime.repository import Repository

KEY_PREFIX = "rk_"
BOOTSTRAP_KEY_ID = "bootstrap"
DEFAULT_WORKSPACE = "default"
MIN_BOOTSTRAP_LENGTH = 32

KEY_CACHE_S = 5.0
"""How long a revoked key may still be let in by another replica."""

KEY_CACHE_CAPACITY = 10_000


class BadBootstrapKey(ValueError):
    """The bootstrap key is too weak; the message never shows it."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the store said about a key: the key, or that there is none."""

    key: Key | None


@dataclass(kw_only=True)
class Gate:
    """Lets callers in by their key, counts their requests and notes their visits."""

    store: Store
    clock: Clock
    audit: Audit
    rates: RateLimits
    bootstrap: SecretStr | None
    rate_per_minute: int
    known: ExpiringCache[str, Known] = field(repr=False)
    default_exists: bool = False

    async def admit(self, token: str | None, scope: Scope) -> tuple[Caller, Allowance]:
        """Returns the caller, and what is left of its minute.

        Raises:
            Refusal: no such key (401), its scopes do not include this one (403), its minute is spent (429).
        """
        caller = await self._caller(token)
        allowance = await self.rates.spend(caller.key_id, caller.rate_per_minute)
        if scope not in caller.scopes:
            self.audit.used(caller, Outcome.DENIED)
            raise Refusal(ProblemType.FORBIDDEN, f"This key lacks the scope `{scope}`.")
        self.audit.used(caller, Outcome.DONE)
        return caller, allowance

    async def _caller(self, token: str | None) -> Caller:
        if token is None or not token.startswith(KEY_PREFIX):
            raise _unauthenticated("Send `Authorization: Bearer rk_…`.")
        digest = key_digest(token)
        if self.bootstrap and hmac.compare_digest(digest, key_digest(self.bootstrap.get_secret_value())):
            return await self._operator()
        known = self.known.get(digest) or await self._look_up(digest)
        if known.key is None or not hmac.compare_digest(digest, known.key.sha256):
            raise _unauthenticated("This key is not known.")
        return self._require_valid(known.key, self.clock.now())

    async def _look_up(self, digest: str) -> Known:
        keys = Repository(self.store.collection(Collection.KEYS), Key)
        document = await keys.collection.get({"sha256": digest})
        known = Known(key=keys.parse(document) if document else None)
        self.known.put(digest, known)
        return known

    def _require_valid(self, key: Key, now: datetime) -> Caller:
        rate = key.rate_per_minute or self.rate_per_minute
        caller = Caller(
            key_id=key.id, workspace_id=key.workspace_id, scopes=frozenset(key.scopes), rate_per_minute=rate
        )
        if key.revoked or (key.expires_at and key.expires_at <= now):
            self.audit.used(caller, Outcome.DENIED)
            raise _unauthenticated("This key was revoked." if key.revoked else "This key has expired.")
        return caller

    async def _operator(self) -> Caller:
        if not self.default_exists:
            await ensure_workspace(self.store, DEFAULT_WORKSPACE, self.clock.now())
            self.default_exists = True
        return Caller(
            key_id=BOOTSTRAP_KEY_ID,
            workspace_id=DEFAULT_WORKSPACE,
            scopes=ROLES[Role.OPERATOR],
            rate_per_minute=self.rate_per_minute,
        )


def key_digest(token: str) -> str:
    """Returns the stored form of a key. Keys carry 256 random bits, so a plain SHA-256 needs no salt or stretching."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def require_bootstrap_key(key: SecretStr | None) -> SecretStr | None:
    """Returns the key from the settings.

    Raises:
        BadBootstrapKey: it is shorter than 32 characters or lacks its prefix.
    """
    if key is None:
        return None
    value = key.get_secret_value()
    if not value.startswith(KEY_PREFIX) or len(value) < MIN_BOOTSTRAP_LENGTH:
        raise BadBootstrapKey(
            f"ROWCALL_BOOTSTRAP_KEY starts with `{KEY_PREFIX}` and has at least {MIN_BOOTSTRAP_LENGTH} characters."
        )
    return key


async def ensure_workspace(store: Store, name: str, now: datetime) -> None:
    """Creates a workspace whose id is its name, unless it is there."""
    workspaces = Repository(store.collection(Collection.WORKSPACES), Workspace)
    try:
        await workspaces.insert(Workspace(id=name, workspace_id=name, name=name, created_at=now, updated_at=now))
    except DuplicateKey:
        return


def _unauthenticated(detail: str) -> Refusal:
    return Refusal(ProblemType.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": "Bearer"})
