"""What a measurement is, and what it says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.backend import Stage
from bench.effort import Effort

Row = Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One table. `run` blocks and returns rows of `header`'s length, less the first column, which names the backend.

    `everywhere`: on every backend; otherwise on the one that the settings name alone.
    """

    name: str
    title: str
    method: str
    header: Row
    run: Callable[[Stage, Effort], list[Row]]
    everywhere: bool = True
