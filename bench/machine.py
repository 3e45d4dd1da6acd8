"""Which machine this is, and how steady it was meanwhile."""

import os
import platform
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

SPINS = 200_000
PACES = 5


def description() -> str:
    """One sentence."""
    memory_gib = psutil.virtual_memory().total / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in ("motor", "pymongo", "aiokafka", "fastapi"))
    return (
        f"{os.cpu_count()} cores ({_cpu()}), {memory_gib:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; {packages}."
    )


def pace_ms() -> float:
    """Times a fixed computation, best of five: what it takes more than usual, others took away."""
    return min(_spin_ms() for _ in range(PACES))


def load() -> Mapping[str, float]:
    """The load averages of 1, 5 and 15 minutes."""
    return dict(zip(("1 min", "5 min", "15 min"), os.getloadavg(), strict=True))


def _spin_ms() -> float:
    started = time.perf_counter()
    for number in range(SPINS):
        number * number
    return (time.perf_counter() - started) * 1000


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
