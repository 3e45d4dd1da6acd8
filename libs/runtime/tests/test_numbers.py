"""A second record of the design's numbers: whoever changes one changes what operators were told, and says so here."""

from datetime import timedelta

import pytest

from libs.runtime.tests.errands import Errands, Site, done
from rowcall_contracts.settings import Settings
from rowcall_runtime import heartbeat as beating
from rowcall_runtime import sweep as sweeping
from rowcall_runtime.clock import LEASE_MARGIN, REFRESH_S
from rowcall_runtime.heartbeat import BEAT_SHARE, FIRST_BEAT_S, Heartbeat
from rowcall_runtime.job_workload import ENDED_ALARM, QUEUED_ALARM
from rowcall_runtime.sweep import PERIOD_S, Sweep
from rowcall_runtime.worker import Limits


def test_a_lease_lasts_ten_seconds_and_is_renewed_every_three_from_at_most_the_second_on() -> None:
    ttl_s = Settings.model_validate({"mongo_url": "-", "kafka_bootstrap": "-"}).lease_ttl_s
    assert (ttl_s, ttl_s * BEAT_SHARE) == (10, 3)
    assert FIRST_BEAT_S == Limits(concurrency=1).first_beat_s == 2


def test_time_is_read_every_ten_seconds_and_leases_carry_a_margin_of_one() -> None:
    assert (10, timedelta(seconds=1)) == (REFRESH_S, LEASE_MARGIN)


def test_a_step_has_one_and_a_half_seconds_before_the_sweep_takes_over_and_an_end_two_to_be_told() -> None:
    assert (timedelta(seconds=1.5), timedelta(seconds=2)) == (QUEUED_ALARM, ENDED_ALARM)


@pytest.mark.parametrize(
    ("due_in_s", "first_wait_s"),
    [(1.5, 1.2), (1.4, 1.1), (0.5, 1.0), (-60, 1.0), (60, 2.0), (None, 2.0)],
    ids=["at once", "a little later", "late", "long overdue", "far alarm", "no alarm"],
)
async def test_the_first_beat_comes_before_the_alarm_but_spares_a_late_step_for_a_second(
    site: Site, monkeypatch: pytest.MonkeyPatch, due_in_s: float | None, first_wait_s: float
) -> None:
    waits: list[float] = []

    async def stopped(flag: object, seconds: float) -> bool:
        waits.append(seconds)
        return True

    monkeypatch.setattr(beating, "set_within", stopped)
    due_at = None if due_in_s is None else site.clock.now() + timedelta(seconds=due_in_s)
    errand = await site.accepted(due_at=due_at)
    heartbeat = Heartbeat(site.work_store("a"), errand, clock=site.clock, on_lost=lambda: None)
    heartbeat.start()
    await heartbeat.stop()
    assert waits == [pytest.approx(first_wait_s)]


async def test_the_sweep_waits_half_a_second_to_a_second_drawn_anew_before_each_look(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PERIOD_S == (0.5, 1.0)
    draws, waits = iter([0.0, 0.25, 1.0, 0.5]), list[float]()

    async def passed(flag: object, seconds: float) -> bool:
        waits.append(seconds)
        return len(waits) == 4

    monkeypatch.setattr(sweeping, "set_within", passed)
    async with site.staff(Errands(done)) as staff:
        looked: list[str] = []
        sweep = Sweep(staff.worker, staff.process.metrics, lambda: next(draws))

        async def look(step: str) -> None:
            looked.append(step)

        monkeypatch.setattr(sweep, "look", look)
        await sweep.run()
    assert waits == [0.5, 0.625, 1.0, 0.75]
    assert looked == [site.step] * 3
