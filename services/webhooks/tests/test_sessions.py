"""Sessions are shared, replaced when old, and closed when nobody uses them."""

from dataclasses import dataclass, field

from aiohttp import ClientSession

from rowcall_webhooks.sessions import AgingSessions


@dataclass
class Bench:
    """Sessions on a clock that the test moves."""

    now_s: float = 0.0
    made: list[ClientSession] = field(default_factory=list)

    def make(self) -> ClientSession:
        self.made.append(ClientSession())
        return self.made[-1]

    def sessions(self) -> AgingSessions:
        return AgingSessions(self.make, 60.0, monotonic=lambda: self.now_s)


async def test_a_young_session_is_lent_again() -> None:
    bench = Bench()
    sessions = bench.sessions()
    async with sessions.borrow() as first:
        pass
    bench.now_s = 59.9
    async with sessions.borrow() as second:
        assert second is first
        assert not first.closed
    await sessions.aclose()
    assert first.closed


async def test_an_old_unused_session_is_replaced_and_closed() -> None:
    bench = Bench()
    sessions = bench.sessions()
    async with sessions.borrow() as first:
        pass
    bench.now_s = 60.0
    async with sessions.borrow() as second:
        assert second is not first
        assert first.closed
        assert not second.closed
    await sessions.aclose()


async def test_an_old_session_in_use_closes_after_its_last_borrower() -> None:
    bench = Bench()
    sessions = bench.sessions()
    async with sessions.borrow() as first:
        async with sessions.borrow():
            bench.now_s = 60.0
            async with sessions.borrow() as second:
                assert second is not first
                assert not first.closed
        assert not first.closed
    assert first.closed
    assert not second.closed
    await sessions.aclose()
    assert [session.closed for session in bench.made] == [True, True]


async def test_closing_without_a_session_does_nothing() -> None:
    bench = Bench()
    await bench.sessions().aclose()
    assert bench.made == []
