"""Processes of an earlier run that was killed before it could end them."""

import contextlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

SUPERVISOR_TIMEOUT_S = 45  # it ends its services, then its servers
END_TIMEOUT_S = 10


def record_processes(file: Path, *, supervisor: int, programs: Iterable[int]) -> None:
    """Writes down who runs, with start times: a pid alone may be somebody else's by the next start."""
    started = {str(pid): _started(pid) for pid in (supervisor, *programs)}
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(started), encoding="ascii")
    unfinished.replace(file)


def end_leftovers(file: Path) -> int:
    """Ends what `file` records and still runs; blocks until it is gone. Returns how many there were."""
    recorded = _recorded(file)
    # The supervisor first: it would start again whatever ended before it.
    for supervisor in recorded[:1]:
        children = _children(supervisor)
        _end([supervisor], timeout_s=SUPERVISOR_TIMEOUT_S)
        recorded += [child for child in children if child not in recorded]
    _end(recorded, timeout_s=END_TIMEOUT_S)
    file.unlink(missing_ok=True)
    return len(recorded)


def _end(processes: Iterable[psutil.Process], *, timeout_s: float) -> None:
    """SIGTERM, and after `timeout_s` SIGKILL."""
    _signal(processes, psutil.Process.terminate)
    _, stubborn = psutil.wait_procs(processes, timeout=timeout_s)
    _signal(stubborn, psutil.Process.kill)
    psutil.wait_procs(stubborn, timeout=END_TIMEOUT_S)


def _signal(processes: Iterable[psutil.Process], how: Callable[[psutil.Process], None]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            how(process)


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.NoSuchProcess:
        return []


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _recorded(file: Path) -> list[psutil.Process]:
    """Those that still run."""
    if not file.exists():
        return []
    started: dict[str, float | None] = json.loads(file.read_text(encoding="ascii"))
    return [psutil.Process(int(pid)) for pid, at in started.items() if at is not None and _started(int(pid)) == at]
