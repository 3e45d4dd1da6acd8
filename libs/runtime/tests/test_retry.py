"""Full jitter from 1 s to 60 s, a floor that the failing part may ask for, and an end."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from rowcall_runtime.retry import RetryPolicy

ENDLESS = RetryPolicy(max_attempts=10_000)


def ceilings(policy: RetryPolicy, attempts: range) -> list[float]:
    delays = [policy.delay(attempt, lambda: 1.0) for attempt in attempts]
    return [delay.total_seconds() for delay in delays if delay is not None]


def test_the_ceiling_doubles_from_one_second_and_stops_at_sixty() -> None:
    assert ceilings(ENDLESS, range(1, 10)) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


@given(attempt=st.integers(1, 1_000), share=st.floats(0, 1))
def test_the_wait_lies_anywhere_below_the_ceiling(attempt: int, share: float) -> None:
    (ceiling,) = ceilings(ENDLESS, range(attempt, attempt + 1))
    delay = ENDLESS.delay(attempt, lambda: share)
    assert delay is not None
    assert abs(delay.total_seconds() - share * ceiling) < 0.001


def test_what_the_failing_part_asked_for_is_a_floor_and_not_a_ceiling() -> None:
    assert ENDLESS.delay(1, lambda: 0.5, after_s=30) == timedelta(seconds=30)
    assert ENDLESS.delay(7, lambda: 0.5, after_s=10) == timedelta(seconds=30)


def test_after_the_last_attempt_there_is_no_wait() -> None:
    policy = RetryPolicy(max_attempts=3)
    assert [policy.delay(attempt, lambda: 0.0) is None for attempt in (1, 2, 3, 4)] == [False, False, True, True]
