"""Time is the store's, whatever this machine's wall clock says."""

from datetime import UTC, datetime, timedelta

import pytest

from rowcall_runtime.clock import StoreClock
from rowcall_runtime.errors import StoreUnavailable

TOLD = datetime(2031, 5, 6, 7, 8, 9, 123_456, tzinfo=UTC)


class Bench:
    """A store whose answers take a while, and this machine's monotonic clock."""

    def __init__(self) -> None:
        self.ticks = 1_000.0
        self.round_trip_s = 0.0
        self.away = False
        self.told = TOLD

    async def read(self) -> datetime:
        self.ticks += self.round_trip_s
        if self.away:
            raise StoreUnavailable("away")
        return self.told

    def clock(self) -> StoreClock:
        return StoreClock(self.read, lambda: self.ticks)


def near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= timedelta(milliseconds=1)


async def test_after_a_reading_the_time_is_the_stores_and_runs_with_the_monotonic_clock() -> None:
    bench = Bench()
    clock = bench.clock()
    await clock.refresh()
    assert near(clock.now(), TOLD)
    bench.ticks += 90.5
    assert near(clock.now(), TOLD + timedelta(seconds=90.5))


async def test_half_the_round_trip_is_the_answers_age() -> None:
    bench = Bench()
    bench.round_trip_s = 0.4
    clock = bench.clock()
    await clock.refresh()
    assert near(clock.now(), TOLD + timedelta(seconds=0.2))


async def test_a_reading_follows_a_store_whose_clock_was_set() -> None:
    bench = Bench()
    clock = bench.clock()
    await clock.refresh()
    bench.told = TOLD - timedelta(minutes=5)
    await clock.refresh()
    assert near(clock.now(), TOLD - timedelta(minutes=5))


async def test_while_the_store_is_away_the_former_offset_stays() -> None:
    bench = Bench()
    clock = bench.clock()
    await clock.refresh()
    bench.away = True
    with pytest.raises(StoreUnavailable):
        await clock.refresh()
    bench.ticks += 3
    assert near(clock.now(), TOLD + timedelta(seconds=3))


def test_before_the_first_reading_it_is_this_machines_time() -> None:
    assert abs(Bench().clock().now() - datetime.now(UTC)) < timedelta(seconds=2)


async def test_times_are_whole_milliseconds_which_is_what_the_store_keeps() -> None:
    bench = Bench()
    clock = bench.clock()
    await clock.refresh()
    for _ in range(20):
        bench.ticks += 0.001_37
        assert clock.now().microsecond % 1_000 == 0
