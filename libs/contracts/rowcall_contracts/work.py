"""A unit of durable work: the shape that jobs and webhook deliveries share, and the table of its legal moves.

The document is the truth; a command only says "look" (claim check). Everything that leases, guards, sweeps and retries
is written over this shape alone.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from rowcall_contracts.base import Stored

MAX_HISTORY = 200
MAX_WORKER_LOSSES = 5


class State(StrEnum):
    """Where a unit of work stands. The last four are terminal and never change."""

    QUEUED = "queued"  # accepted; no worker has finished a step or holds a lease
    RUNNING = "running"  # a worker holds a lease, or a step is finished and the next one is due
    RETRY_WAIT = "retry_wait"  # an attempt failed; `due_at` says when the next one starts
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEEDS_INPUT = "needs_input"  # ended with a question back


TERMINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.NEEDS_INPUT})

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.QUEUED: frozenset({State.RUNNING, State.RETRY_WAIT}) | TERMINAL,
        State.RUNNING: frozenset({State.RUNNING, State.RETRY_WAIT}) | TERMINAL,
        State.RETRY_WAIT: frozenset({State.RUNNING, State.RETRY_WAIT}) | TERMINAL,
        **{state: frozenset[State]() for state in TERMINAL},
    }
)


class IllegalTransition(Exception):
    """A move that the table does not list."""

    def __init__(self, before: State, after: State) -> None:
        super().__init__(f"{before} may not become {after}.")
        self.before = before
        self.after = after


def require_transition(before: State, after: State) -> State:
    """Returns `after`.

    Raises:
        IllegalTransition: the table does not list the move.
    """
    if after not in TRANSITIONS[before]:
        raise IllegalTransition(before, after)
    return after


class HistoryEvent(StrEnum):
    """What an entry of `history` records; each one is a new `version`."""

    ACCEPTED = "accepted"
    LEASED = "leased"
    TAKEN_OVER = "taken_over"  # a lease had expired; the entry names the new owner
    RELEASED = "released"  # a worker that is shutting down gave the work back
    FINISHED = "finished"  # a step ended and named the next step or a terminal state
    RETRY = "retry"  # an attempt failed and another one is planned
    FAILED = "failed"
    CANCELLED = "cancelled"


class HistoryEntry(Stored):
    """One change of version. `attempt_id` names the try that wrote it, so an unknown write can be recognised."""

    version: int
    at: datetime
    event: HistoryEvent
    step: str
    owner: str | None = None
    attempt_id: str | None = None
    problem: str | None = None


class Lease(Stored):
    """The right to work until an instant. The fencing token is the document's version."""

    owner: str
    expires_at: datetime


class Work(Stored):
    """The fields by which the runtime leases, guards, sweeps and retries.

    `version` grows on accept, lease taken or lost, finish, retry and cancel; never on renewal or outbox clearing.
    `due_at` is when the document must be looked at again if nothing happens; absent on settled documents.
    `attempt` counts failures of the work at this step; `worker_losses` counts workers that died holding it.
    `started_at` is when a worker first began to run it; the first guarded write after that stores it.
    """

    id: str
    workspace_id: str
    state: State
    step: str
    version: int
    attempt: int = 0
    worker_losses: int = 0
    lease: Lease | None = None
    due_at: datetime | None = None
    deadline_at: datetime | None = None
    started_at: datetime | None = None
    history: tuple[HistoryEntry, ...] = ()
    traceparent: str | None = None
