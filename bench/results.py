"""RESULTS.md."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.measurement import Measurement, Row

PREAMBLE = """# Results

`make bench` wrote this page. Every ratio compares contenders that took turns on the same servers in the same minutes;
brackets hold the lowest and the highest ratio of single turns, so they show the noise. Absolute figures belong to this
machine alone. Times are medians and nearest-rank 99th percentiles; a first turn of warm-up is left out.
"""

SERVERS = (
    "Broker: one Apache Kafka node in KRaft mode, 3 partitions a topic, as `make run` has it. Stores: SecantusDB, `py` "
    "(its Python server, the default of `make run`) and `rs` (its Rust server), on loopback; synced: "
    "`--sync-on-commit`, as `make run` has it."
)


@dataclass
class Results:
    """What has been measured so far."""

    machine: str
    notes: list[str] = field(default_factory=list)
    paces_ms: list[float] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, measurement: Measurement, label: str, rows: Sequence[Row]) -> None:
        """Adds one backend's rows to a measurement's table."""
        self.rows.setdefault(measurement.name, []).extend((label, *row) for row in rows)

    def page(self, measurements: Sequence[Measurement], load: Mapping[str, float]) -> str:
        """Returns the page; of measurements without rows it says nothing."""
        measured = [each for each in measurements if each.name in self.rows]
        sections = [_section(each, self.rows[each.name]) for each in measured]
        return "\n".join([PREAMBLE, self._circumstances(load), *sections])

    def _circumstances(self, load: Mapping[str, float]) -> str:
        loads = ", ".join(f"{value:.1f} ({name})" for name, value in load.items())
        slowest = max(self.paces_ms) / min(self.paces_ms)
        noise = (
            f"Noise: a fixed computation between measurements took {min(self.paces_ms):.1f} ms at best and "
            f"{slowest:.2f} times that at worst; load averages at the end {loads}."
        )
        lines = [f"Machine: {self.machine}", SERVERS, noise, *self.notes]
        return "".join(f"* {line}\n" for line in lines)


def _section(measurement: Measurement, rows: Sequence[Row]) -> str:
    table = [measurement.header, ["---"] * len(measurement.header), *rows]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in table)
    return f"## {measurement.title}\n\n{measurement.method}\n\n{lines}"
