"""A circuit breaker: an endpoint that fails again and again is left alone for a while."""

from collections.abc import Callable

FAILURES_TO_OPEN = 5
REST_S = 30.0


class Circuit:
    """Opens after so many failures in a row; after its rest one call is let through to see whether that holds."""

    def __init__(self, now: Callable[[], float], *, failures: int = FAILURES_TO_OPEN, rest_s: float = REST_S) -> None:
        self._now = now
        self._failures_to_open = failures
        self._rest_s = rest_s
        self._failures = 0
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are held back now."""
        return self._failures >= self._failures_to_open

    def wait_s(self) -> float:
        """Returns 0 when the caller may call now, else after how many seconds to ask again."""
        if not self.is_open:
            return 0.0
        left_s = self._rests_until - self._now()
        if left_s > 0:
            return left_s
        # Whoever asks first after the rest tries; the others wait for what becomes of it.
        self._rests_until = self._now() + self._rest_s
        return 0.0

    def succeeded(self) -> None:
        """Closes the circuit."""
        self._failures = 0

    def failed(self) -> None:
        """Counts a failure; the last one of the row opens the circuit."""
        self._failures += 1
        if self.is_open:
            self._rests_until = self._now() + self._rest_s
