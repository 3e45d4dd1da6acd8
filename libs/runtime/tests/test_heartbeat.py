"""A heartbeat is stopped by a flag: never inside its write, whose outcome nobody would know."""

import asyncio
from datetime import timedelta

import pytest

from libs.runtime.tests.errands import FIRST_BEAT_S, Errand, Errands, Gate, Site
from libs.runtime.tests.waiting import until
from rowcall_contracts.work import State
from rowcall_runtime.work_store import WorkStore
from rowcall_runtime.worker import Limits


class HeldWrites:
    """Stops each heartbeat's write in the middle until the test lets it go on, and keeps how it ended."""

    def __init__(self, store: WorkStore[Errand], name: str) -> None:
        self.entered, self.let_through, self.ends = asyncio.Event(), asyncio.Event(), list[str]()
        self._write = getattr(store, name)

    async def __call__(self, work: Errand) -> object:
        self.entered.set()
        try:
            await self.let_through.wait()
            answer: object = await self._write(work)
        except asyncio.CancelledError:
            self.ends.append("cancelled")
            raise
        self.ends.append("written")
        return answer


@pytest.mark.parametrize("write", ["lease", "renew"])
@pytest.mark.parametrize("ending", ["the handler ends", "a cancel interrupts it"])
async def test_a_beat_in_the_middle_of_its_write_is_waited_for(
    site: Site, monkeypatch: pytest.MonkeyPatch, write: str, ending: str
) -> None:
    gate, errand = Gate(), await site.accepted()
    limits = Limits(concurrency=1, first_beat_s=FIRST_BEAT_S)
    async with site.staff(Errands(gate), limits=limits, ttl=timedelta(milliseconds=300)) as staff:
        held = HeldWrites(staff.worker.store, write)
        monkeypatch.setattr(staff.worker.store, write, held)
        staff.worker.offer(site.pointer(errand))
        await held.entered.wait()
        if ending == "the handler ends":
            gate.opened.set()
            await until(lambda: gate.finished)
        else:
            staff.worker.cancel(errand.id)
            await until(lambda: gate.cancelled)
        for _ in range(5):
            await asyncio.sleep(0)
        assert (staff.worker.free(site.step), held.ends) == (0, []), "the slot waits for the write"
        held.let_through.set()
        await until(lambda: staff.worker.free(site.step) == 1)
        assert held.ends == ["written"]
    stored = await site.now(errand)
    assert stored.state is (State.SUCCEEDED if ending == "the handler ends" else State.RUNNING)
