"""Two contenders turn by turn, and the row that compares their rates and latencies."""

from collections.abc import Awaitable, Callable

from bench.measurement import Row
from bench.samples import Round, Rounds

Turn = Callable[[], Awaitable[Round]]


async def side_by_side(ours: Turn, yardstick: Turn, *, rounds: int) -> Row:
    """Returns both rates, the ratio of ours, and both latencies, after a warm-up turn of each."""
    turns = [(await ours(), await yardstick()) for _ in range(rounds + 1)]
    mine, theirs = (Rounds(each[1:]) for each in zip(*turns, strict=True))
    rates = (f"{mine.rate:.0f}", f"{theirs.rate:.0f}", mine.rate_ratio(theirs))
    return (*rates, mine.latencies.p50_p99_ms, theirs.latencies.p50_p99_ms)
