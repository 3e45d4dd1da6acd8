"""Requests per key and minute, in this process's memory: N replicas together let N times as many through."""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from rowcall_contracts.problems import ProblemType
from rowcall_gateway.problems import Refusal


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What is left of a key's minute."""

    limit: int
    remaining: int
    reset_s: int

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-07, in its widely read three-field form."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class RateLimits:
    """A sliding window per key: two counters, weighted by how far the minute has gone.

    The exact moving window of the same library keeps every request of the minute and copies the list at each one.
    """

    def __init__(self) -> None:
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def spend(self, key_id: str, per_minute: int) -> Allowance:
        """Counts one request.

        Raises:
            Refusal: the minute's requests are spent; it says when to come back.
        """
        item = RateLimitItemPerMinute(per_minute)
        allowed = await self._windows.hit(item, key_id)
        window = await self._windows.get_window_stats(item, key_id)
        reset_s = max(1, math.ceil(window.reset_time - time.time()))
        allowance = Allowance(limit=per_minute, remaining=max(0, window.remaining), reset_s=reset_s)
        if not allowed:
            raise Refusal(
                ProblemType.RATE_LIMITED,
                f"This key may send {per_minute:,} requests a minute.",
                headers={**allowance.headers, "Retry-After": str(reset_s)},
            )
        return allowance
