"""`Idempotency-Key`: the same key with the same request is the same resource; a unique index decides races.

The key is kept as long as the resource that it created (jobs: `ROWCALL_RETENTION_DAYS`).
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from rowcall_contracts.problems import ProblemType
from rowcall_gateway.caller import Caller
from rowcall_gateway.problems import Refusal

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[!-~]+$",
        description="Repeats with this key and the same body answer with the resource that the first one created.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class Idempotency:
    """What a created resource remembers of its request: nothing, or a key and a fingerprint of fixed length."""

    key: str = ""
    fingerprint: str = ""

    @classmethod
    def of(cls, caller: Caller, route: str, *, header: str | None, body: BaseModel | bytes) -> "Idempotency":
        """Binds the caller's key to workspace and route, so that it means nothing elsewhere.

        The fingerprint is keyed with the caller's key, which is not stored: a body with a password in it cannot be
        guessed from the store.
        """
        if header is None:
            return cls()
        content = body if isinstance(body, bytes) else body.model_dump_json().encode()
        return cls(
            key=_digest(f"{caller.workspace_id}\n{route}\n{header}"),
            fingerprint=hmac.new(header.encode(), content, hashlib.sha256).hexdigest(),
        )

    def derived(self, purpose: str) -> "Idempotency":
        """Returns the pair for a job that belongs to the resource."""
        return Idempotency(key=_digest(f"{self.key}\n{purpose}"), fingerprint=self.fingerprint) if self.key else self

    def require_same(self, fingerprint: object) -> None:
        """Lets a repeat of the same request through.

        Raises:
            Refusal: the key was used for another request.
        """
        if self.fingerprint != fingerprint:
            raise Refusal(ProblemType.IDEMPOTENCY_MISMATCH, "This `Idempotency-Key` was sent with another body before.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
