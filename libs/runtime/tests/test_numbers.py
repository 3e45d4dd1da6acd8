"""A second record of the design's numbers: whoever changes one changes what operators were told, and says so here."""

from datetime import timedelta

import pytest

from libs.runtime.tests.errands import Errands, Site, done
from rowcall_contracts.settings import Settings
from rowcall_runtime import sweep as sweeping
from rowcall_runtime.clock import LEASE_MARGIN, REFRESH_S
from rowcall_runtime.heartbeat import BEAT_SHARE, FIRST_BEAT_S
from rowcall_runtime.job_workload import QUEUED_ALARM
from rowcall_runtime.sweep import PERIOD_S, Sweep
from rowcall_runtime.worker import Limits


def test_a_lease_lasts_ten_seconds_and_is_renewed_every_three_from_the_second_on() -> None:
    ttl_s = Settings.model_validate({"mongo_url": "-", "kafka_bootstrap": "-"}).lease_ttl_s
    assert (ttl_s, ttl_s * BEAT_SHARE) == (10, 3)
    assert FIRST_BEAT_S == Limits(concurrency=1).first_beat_s == 2


def test_time_is_read_every_ten_seconds_and_leases_carry_a_margin_of_one() -> None:
    assert (10, timedelta(seconds=1)) == (REFRESH_S, LEASE_MARGIN)


def test_a_command_has_two_seconds_before_the_sweep_takes_over() -> None:
    assert timedelta(seconds=2) == QUEUED_ALARM


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
