"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effort:
    """Counts per measurement. `rounds` are turns of each contender after one turn of warm-up."""

    rounds: int
    hammer_s: float
    singles: int
    chat_burst: int
    noop_burst: int
    cancels: int
    kills: int


FULL = Effort(rounds=3, hammer_s=2.5, singles=20, chat_burst=120, noop_burst=300, cancels=25, kills=6)
QUICK = Effort(rounds=2, hammer_s=1.5, singles=10, chat_burst=60, noop_burst=100, cancels=5, kills=2)
