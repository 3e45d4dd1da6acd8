"""Who changed what, and which keys are used: rows that are only ever added, and expire."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from rowcall_gateway.caller import Caller
from rowcall_gateway.expiring import ExpiringCache
from rowcall_runtime.clock import Clock
from rowcall_runtime.driver import DocumentCollection
from rowcall_runtime.errors import DuplicateKey, StoreUnavailable
from rowcall_runtime.ids import Prefix, new_id

_log = structlog.get_logger()


class Outcome(StrEnum):
    """What became of the action."""

    DONE = "done"
    DENIED = "denied"


@dataclass(kw_only=True)
class Audit:
    """Writes rows `{_id, workspace_id, at, expires_at, actor, action, target, outcome}`; `actor` is a key's id."""

    rows: DocumentCollection
    clock: Clock
    retention: timedelta
    spawn: Callable[[Coroutine[object, object, None]], object]
    noted: ExpiringCache[tuple[str, Outcome, datetime], bool] = field(repr=False)

    async def changed(self, caller: Caller, action: str, target: str) -> None:
        """Records a change that was made, such as `connection.create`; the change stands even if this fails."""
        await self._write(new_id(Prefix.AUDIT), caller, action=action, target=target, outcome=Outcome.DONE)

    def used(self, caller: Caller, outcome: Outcome) -> None:
        """Records in the background that a key was used: one row per key, outcome and minute, whatever the replicas."""
        now = self.clock.now()
        use = (caller.key_id, outcome, now.replace(second=0, microsecond=0))
        if self.noted.get(use) is None:
            self.noted.put(use, True)
            row_id = f"{caller.key_id}:{outcome}:{now:%Y-%m-%dT%H:%M}"
            self.spawn(self._write(row_id, caller, action="key.use", target=caller.key_id, outcome=outcome))

    async def _write(self, row_id: str, caller: Caller, *, action: str, target: str, outcome: Outcome) -> None:
        now = self.clock.now()
        row = {
            "_id": row_id,
            "workspace_id": caller.workspace_id,
            "at": now,
            "expires_at": now + self.retention,
            "actor": caller.key_id,
            "action": action,
            "target": target,
            "outcome": outcome.value,
        }
        try:
            await self.rows.insert(row)
        except DuplicateKey:
            pass  # another replica has noted this minute's use
        except StoreUnavailable:
            _log.warning("audit_row_not_written", action=action, target=target, actor=caller.key_id)
