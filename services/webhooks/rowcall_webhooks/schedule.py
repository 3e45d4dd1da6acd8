"""When to send again: retry schedule and status table of Standard Webhooks 1.0.0 ("Operational considerations").

The specification asks for: 2xx is success; 3xx is failure; 410 disables the endpoint; 429, 502 and 504 are slowed down;
"the rest of the status codes should be treated as a failure". A failure is sent again "until a successful attempt", so
other 4xx are tried again too: receivers answer 401 or 404 while they are being deployed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from rowcall_webhooks.outcomes import SendOutcome

DELAYS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait before each attempt; 75 h 35 min 5 s in all (the specification's example schedule)."""

JITTER = 0.2
"""Share by which a wait is moved, so that what failed together does not return together."""

MAX_RETRY_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class Done:
    """The endpoint took the event."""


@dataclass(frozen=True)
class Retry:
    """Send again after this wait."""

    after: timedelta


@dataclass(frozen=True)
class GiveUp:
    """Never send this delivery again. `disable`: the receiver asked for no more events at all (410)."""

    disable: bool


Decision = Done | Retry | GiveUp


def decide(outcome: SendOutcome, attempt: int, *, random: Callable[[], float], now: datetime) -> Decision:
    """Returns what follows attempt number `attempt` (1 is the first). `random` gives 0..1."""
    if outcome.succeeded:
        return Done()
    if outcome.status == HTTPStatus.GONE:
        return GiveUp(disable=True)
    if attempt >= len(DELAYS):
        return GiveUp(disable=False)
    return Retry(after=_wait(DELAYS[attempt], parse_retry_after(outcome.retry_after, now=now), random))


def parse_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Returns the wait that a `Retry-After` header asks for, 0 to 24 h; `None` without one or when it is unreadable.

    Both forms of RFC 9110 §10.2.3: seconds and HTTP-date.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        # Nine digits are 31 years: more than the cap, and no overflow of `timedelta`.
        seconds = int(text) if len(text) <= 9 else MAX_RETRY_AFTER.total_seconds()
        return min(timedelta(seconds=seconds), MAX_RETRY_AFTER)
    instant = _http_date(text)
    return None if instant is None else min(max(instant - now, timedelta(0)), MAX_RETRY_AFTER)


def _http_date(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _wait(step: timedelta, asked: timedelta | None, random: Callable[[], float]) -> timedelta:
    """Returns the step moved either way, or, when the receiver asked for longer, that wait moved later only."""
    draw = random()
    jittered = step * (1 - JITTER + 2 * JITTER * draw)
    if asked is None or asked <= jittered:
        return jittered
    return min(asked * (1 + JITTER * draw), MAX_RETRY_AFTER)
