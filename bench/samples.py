"""What was measured: latencies and rates, and their ratios with the spread between rounds."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Latencies:
    """Durations in seconds; at least one."""

    seconds: Sequence[float]

    def at(self, percent: int) -> float:
        """Returns the nearest-rank percentile in seconds."""
        ranked = sorted(self.seconds)
        return ranked[max(0, -(-len(ranked) * percent // 100) - 1)]

    @property
    def p50_p99_ms(self) -> str:
        """Both as text, in milliseconds."""
        return f"{self.at(50) * 1000:.1f} / {self.at(99) * 1000:.1f}"


@dataclass(frozen=True, kw_only=True)
class Round:
    """One turn of one contender: `done` pieces of work in `elapsed_s` seconds, and latencies from that turn."""

    done: int
    elapsed_s: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        """Pieces per second."""
        return self.done / self.elapsed_s


@dataclass(frozen=True)
class Rounds:
    """All turns of one contender; the warm-up is not among them."""

    rounds: Sequence[Round]

    @property
    def rate(self) -> float:
        """Pieces per second over all turns."""
        return sum(each.done for each in self.rounds) / sum(each.elapsed_s for each in self.rounds)

    @property
    def latencies(self) -> Latencies:
        """The latencies of all turns together."""
        return Latencies([seconds for each in self.rounds for seconds in each.latencies])

    def rate_ratio(self, other: "Rounds") -> str:
        """Returns this rate over the other, and in brackets the lowest and highest ratio of turns side by side."""
        each = [mine.rate / theirs.rate for mine, theirs in zip(self.rounds, other.rounds, strict=True)]
        return f"{self.rate / other.rate:.2f} ({min(each):.2f}–{max(each):.2f})"

    def p50_ratio(self, other: "Rounds") -> str:
        """Returns this median latency over the other, with the spread as `rate_ratio` has it."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        each = [Latencies(mine.latencies).at(50) / Latencies(theirs.latencies).at(50) for mine, theirs in pairs]
        return f"{self.latencies.at(50) / other.latencies.at(50):.2f} ({min(each):.2f}–{max(each):.2f})"
