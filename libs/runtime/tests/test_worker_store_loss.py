"""The store dies, or its answer is lost, in the middle of a finish: the same guarded write is repeated."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import pytest

from libs.runtime.tests.clocks import ManualClock
from libs.runtime.tests.cutting_proxy import CuttingProxy
from libs.runtime.tests.errands import TTL, Errand, Errands, Gate, Site, done
from libs.runtime.tests.waiting import until, until_seen
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.driver import Driver, open_store
from rowcall_runtime.errors import StoreRefused
from rowcall_runtime.migrate import create_indexes
from rowcall_runtime.work_store import Change
from rowcall_runtime.worker import Limits
from tools.local.stack import Store as StoreServer
from tools.local.stack import start_store

ONE_SLOT = Limits(concurrency=1)


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    """A store of this module's own, which its tests kill."""
    with start_store(tmp_path_factory.mktemp("mortal")) as server:
        yield server


@pytest.fixture
async def proxy(store_url: str) -> CuttingProxy:
    return CuttingProxy(store_url)


@pytest.fixture
async def far_site(proxy: CuttingProxy, driver: Driver, clock: ManualClock) -> AsyncIterator[Site]:
    """Errands behind the proxy, with a driver that neither leaves it nor repeats a write by itself."""
    address = f"127.0.0.1:{await proxy.listen()}/cut{uuid4().hex[:12]}"
    async with open_store(f"mongodb://{address}?directConnection=true&retryWrites=false", driver) as store:
        yield Site(store=store, clock=clock, step="step")
        await proxy.close()  # first: motor's `close` talks to the store and holds up the loop that the proxy needs


async def test_a_result_survives_the_death_of_the_store_and_is_written_once(
    mortal: StoreServer, driver: Driver, clock: ManualClock
) -> None:
    gate = Gate()
    async with open_store(mortal.url_for(f"kill-{driver}"), driver) as store:
        await create_indexes(store)
        site = Site(store=store, clock=clock, step="step")
        errand = await site.accepted()
        async with site.staff(Errands(gate), limits=ONE_SLOT) as staff:
            staff.worker.offer(site.pointer(errand))
            await gate.entered.wait()
            mortal.kill()
            gate.opened.set()
            await until(lambda: gate.finished)
            mortal.restart()
            await until(lambda: staff.errands.settlements, deadline_s=30)
            assert len(staff.errands.runs) == 1
        stored = await site.now(errand)
    assert (stored.state, stored.version) == (State.SUCCEEDED, 2)
    assert [entry.event for entry in stored.history] == [HistoryEvent.ACCEPTED, HistoryEvent.FINISHED]


async def test_a_finish_whose_answer_was_lost_is_recognised_by_its_attempt_id(
    far_site: Site, proxy: CuttingProxy
) -> None:
    errand = await far_site.accepted()
    async with far_site.staff(Errands(done), limits=ONE_SLOT) as staff:
        proxy.cut_after = lambda request: b"attempt_id" in request and not proxy.cuts
        staff.worker.offer(far_site.pointer(errand))
        await until(lambda: staff.errands.settlements)
        assert proxy.cuts == 1
        assert staff.count("writes_refused", step="step") == 0
    stored = await far_site.now(errand)
    assert (stored.state, stored.version) == (State.SUCCEEDED, 2), "the write that went unanswered is the only one"


async def test_a_lost_answer_is_no_excuse_for_a_write_that_somebody_else_made(
    far_site: Site, proxy: CuttingProxy
) -> None:
    """The answer to my finish is lost, and the work was cancelled before: my finish matched nothing."""
    gate = Gate()
    errand = await far_site.accepted()
    async with far_site.staff(Errands(gate), limits=ONE_SLOT) as staff:
        staff.worker.offer(far_site.pointer(errand))
        await gate.entered.wait()
        cancelled = Change(event=HistoryEvent.CANCELLED, state=State.CANCELLED, step="step", due_at=None)
        assert await far_site.work_store("gateway").overrule(errand, cancelled)
        proxy.cut_after = lambda request: b"attempt_id" in request and not proxy.cuts
        gate.opened.set()
        await until(lambda: staff.count("writes_refused", step="step"))
        assert (proxy.cuts, staff.errands.settlements) == (1, [])
    assert (await far_site.now(errand)).state is State.CANCELLED


async def test_a_lease_whose_answer_was_lost_is_recognised_by_the_next_heartbeat(
    far_site: Site, proxy: CuttingProxy, clock: ManualClock
) -> None:
    gate = Gate()
    errand = await far_site.accepted()
    async with far_site.staff(Errands(gate)) as staff:
        proxy.cut_after = lambda request: b"lease.owner" in request and not proxy.cuts
        staff.worker.offer(far_site.pointer(errand))
        await until(lambda: proxy.cuts)
        clock.pass_(seconds=0.5)

        async def renewed_since() -> bool:
            lease = (await far_site.now(errand)).lease
            return bool(lease and lease.expires_at == clock.now() + TTL)

        await until_seen(renewed_since)
        gate.opened.set()
        await until(lambda: staff.errands.settlements)
    stored = await far_site.now(errand)
    assert (gate.cancelled, stored.state, stored.version) == (0, State.SUCCEEDED, 3)


async def test_a_write_that_the_store_refuses_again_and_again_does_not_hold_the_slot(site: Site) -> None:
    class Unlucky(Errands):
        def failure(self, work: Errand, problem: object) -> Change:
            return too_large(work)

    def too_large(work: Errand) -> Change:
        note = {"note": "x" * 17_000_000}
        return Change(event=HistoryEvent.FINISHED, state=State.FAILED, step=work.step, due_at=None, fields=note)

    async def huge(work: Errand) -> Change:
        return too_large(work)

    errand = await site.accepted()
    async with site.staff(Unlucky(huge), limits=ONE_SLOT) as staff:
        staff.worker.offer(site.pointer(errand))
        await until(lambda: staff.errands.runs and staff.worker.free(site.step))
    assert await site.now(errand) == errand
    with pytest.raises(StoreRefused):
        await site.work_store("a").apply(errand, too_large(errand))
