"""The status table, the schedule and `Retry-After`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_webhooks.outcomes import SendError, SendOutcome
from rowcall_webhooks.schedule import DELAYS, Done, GiveUp, Retry, decide, parse_retry_after

NOW = datetime(1999, 12, 31, 23, 59, 0, tzinfo=UTC)
LAST = len(DELAYS)
FAILED = SendOutcome(status=500)


class Vector(TypedDict):
    id: str
    input: str
    expected: int | None
    source: str


VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors" / "retry_after.json").read_text())


def middle() -> float:
    """A draw that moves nothing."""
    return 0.5


def after(outcome: SendOutcome, attempt: int, draw: float) -> timedelta:
    decision = decide(outcome, attempt, random=lambda: draw, now=NOW)
    assert isinstance(decision, Retry)
    return decision.after


def test_the_schedule_is_the_specifications_example() -> None:
    starts = [sum(DELAYS[: n + 1], timedelta()) for n in range(LAST)]
    assert [str(start) for start in starts] == [
        "0:00:00", "0:00:05", "0:05:05", "0:35:05", "2:35:05", "7:35:05", "17:35:05",
        "1 day, 7:35:05", "2 days, 3:35:05", "3 days, 3:35:05",
    ]  # fmt: skip


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_done(status: int) -> None:
    assert decide(SendOutcome(status=status), 1, random=middle, now=NOW) == Done()


@pytest.mark.parametrize("status", [100, 199, 300, 304, 400, 401, 404, 408, 409, 429, 451, 500, 502, 503, 504, 599])
def test_every_other_status_but_410_is_tried_again(status: int) -> None:
    assert decide(SendOutcome(status=status), 1, random=middle, now=NOW) == Retry(timedelta(seconds=5))


@pytest.mark.parametrize("error", SendError)
def test_every_error_is_tried_again_even_after_a_2xx_status(error: SendError) -> None:
    assert decide(SendOutcome(status=200, error=error), 1, random=middle, now=NOW) == Retry(timedelta(seconds=5))


@pytest.mark.parametrize("attempt", [1, LAST])
def test_410_disables_the_endpoint_at_once(attempt: int) -> None:
    assert decide(SendOutcome(status=410), attempt, random=middle, now=NOW) == GiveUp(disable=True)


def test_the_tenth_failure_is_the_last_and_leaves_the_endpoint_enabled() -> None:
    assert isinstance(decide(FAILED, LAST - 1, random=middle, now=NOW), Retry)
    assert decide(FAILED, LAST, random=middle, now=NOW) == GiveUp(disable=False)


@given(attempt=st.integers(1, LAST - 1), draw=st.floats(0, 1))
def test_jitter_moves_a_wait_by_at_most_a_fifth(attempt: int, draw: float) -> None:
    step = DELAYS[attempt]
    microsecond = timedelta(microseconds=1)
    assert step * 0.8 - microsecond <= after(FAILED, attempt, draw) <= step * 1.2 + microsecond


def test_jitter_spreads_a_steps_retries() -> None:
    random = Random(7)
    waits = [after(FAILED, 2, random.random()).total_seconds() for _ in range(10_000)]
    buckets = [sum(low <= wait < low + 12 for wait in waits) for low in range(240, 360, 12)]
    assert all(800 < bucket < 1_200 for bucket in buckets)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_retry_after_is_read_in_both_forms(vector: Vector) -> None:
    wait = parse_retry_after(vector["input"], now=NOW)
    assert (None if wait is None else wait.total_seconds()) == vector["expected"]


def test_no_retry_after_is_none() -> None:
    assert parse_retry_after(None, now=NOW) is None


@given(st.text() | st.from_regex(r"[A-Za-z]{3}, -?\d+ [A-Za-z]{3} \d+ \d+:\d+:\d+ ?[+-]?\w*"))
def test_no_header_of_a_receiver_can_break_the_schedule(value: str) -> None:
    wait = parse_retry_after(value, now=NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(hours=24)


@pytest.mark.parametrize(("draw", "seconds"), [(0.0, 3_600), (1.0, 4_320)])
def test_a_longer_retry_after_is_honoured_and_never_undercut(draw: float, seconds: int) -> None:
    outcome = SendOutcome(status=503, retry_after="3600")
    assert after(outcome, 1, draw).total_seconds() == seconds


@pytest.mark.parametrize("draw", [0.0, 1.0])
def test_retry_after_counts_up_to_24_hours(draw: float) -> None:
    assert after(SendOutcome(status=429, retry_after="999999"), 1, draw) == timedelta(hours=24)


def test_a_shorter_retry_after_does_not_hasten_the_schedule() -> None:
    assert after(SendOutcome(status=503, retry_after="1"), 4, 0.5) == timedelta(hours=2)
