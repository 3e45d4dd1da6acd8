"""When to try again: full-jitter exponential back-off (AWS Architecture Blog, "Exponential Backoff And Jitter")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often and how soon. Worker losses are counted apart."""

    max_attempts: int = 6
    base: timedelta = timedelta(seconds=1)
    cap: timedelta = timedelta(seconds=60)

    def delay(self, attempt: int, random: Callable[[], float], *, after_s: float | None = None) -> timedelta | None:
        """Returns the wait before the next try, or `None` when `attempt` failures are enough.

        `random` gives 0..1. `after_s` is a floor that the failing part asked for.
        """
        if attempt >= self.max_attempts:
            return None
        ceiling_s = min(self.cap.total_seconds(), self.base.total_seconds() * 2.0 ** (attempt - 1))
        return timedelta(seconds=max(after_s or 0.0, ceiling_s * random()))
