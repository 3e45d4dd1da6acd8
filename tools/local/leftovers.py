"""Processes of an earlier run that was killed before it could end them."""

import contextlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

END_TIMEOUT_S = 10


def record_processes(file: Path, pids: Iterable[int]) -> None:
    """Writes down who runs, with start times: a pid alone may be somebody else's by the next start."""
    started = {str(pid): _started(pid) for pid in pids}
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(started), encoding="ascii")
    unfinished.replace(file)


def end_leftovers(file: Path) -> int:
    """Ends what `file` records and still runs: SIGTERM, and SIGKILL after 10 s. Returns how many there were."""
    left = _recorded(file)
    _, stubborn = _end(left, psutil.Process.terminate)
    _end(stubborn, psutil.Process.kill)
    file.unlink(missing_ok=True)
    return len(left)


def _end(
    processes: list[psutil.Process], how: Callable[[psutil.Process], None]
) -> tuple[list[psutil.Process], list[psutil.Process]]:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            how(process)
    return psutil.wait_procs(processes, timeout=END_TIMEOUT_S)


def _started(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _recorded(file: Path) -> list[psutil.Process]:
    if not file.exists():
        return []
    started: dict[str, float | None] = json.loads(file.read_text(encoding="ascii"))
    return [psutil.Process(int(pid)) for pid, at in started.items() if at is not None and _started(int(pid)) == at]
