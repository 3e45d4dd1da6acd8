"""The state folder: data, logs and keys of one laptop stack, used by one run at a time."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.local.errors import LaptopError

# sun_path holds 104 bytes on macOS (108 on Linux), and supervisord binds to a longer temporary name first.
LONGEST_SOCKET_PATH = 90


class StackRunningError(LaptopError):
    """Another run uses the folder."""


@dataclass(frozen=True)
class StateFolder:
    """Paths below an absolute `root`. What is under `run` means nothing once the run has ended."""

    root: Path

    @property
    def logs(self) -> Path:
        """One rotated file per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """Configuration, process list and secrets of the current run."""
        return self.root / "run"

    @property
    def demo_database(self) -> Path:
        """The demo data; its folder is a file root of the executor."""
        return self.root / "demo" / "flights.sqlite"

    @property
    def ports(self) -> Path:
        """JSON: port by process name."""
        return self.run / "ports.json"

    @property
    def processes(self) -> Path:
        """JSON: start time by pid, of all that this run started."""
        return self.run / "processes.json"

    def log(self, name: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{name}.log"

    def write_private(self, name: str, content: str) -> Path:
        """Writes a file under `run` that only this user can read, and returns its path."""
        path = self.run / name
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(content)
        return path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Creates the folder and keeps other runs out of it; the lock vanishes with this process, however it ends.

        Raises `StackRunningError` when another run holds it.
        """
        for folder in (self.root, self.logs, self.run):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / "lock").open("a+", encoding="ascii") as lock:
            self._take(lock.fileno())
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    @contextmanager
    def socket(self) -> Iterator[Path]:
        """Yields a path for a Unix socket: below `run`, or in a temporary folder where that would be too long."""
        path = self.run / "supervisor.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            yield path
            return
        folder = Path(tempfile.mkdtemp(prefix="rowcall-"))
        try:
            yield folder / path.name
        finally:
            shutil.rmtree(folder)

    def _take(self, lock: int) -> None:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = (self.root / "lock").read_text(encoding="ascii")
            raise StackRunningError(
                f"A stack already runs in {self.root} (process {pid}); stop it with Ctrl-C in its terminal or with "
                f"`kill {pid}`, or choose another folder with ROWCALL_STATE_DIR."
            ) from error
