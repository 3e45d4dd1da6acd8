"""One child process with its log file, which tests stop, kill, freeze and start again."""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tools.local.errors import LaptopError
from tools.local.ports import poll_until

STOP_TIMEOUT_S = 15
LOG_TAIL_BYTES = 2000


class StartError(LaptopError):
    """A process ended or stayed silent instead of getting ready."""


class ManagedProcess:
    """A command that can be run again and again; its output is appended to one log file.

    Not thread-safe. `ready` tells whether the process answers; `start` blocks until it does.
    """

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        ready: Callable[[], bool],
        environ: Mapping[str, str] | None = None,
        timeout_s: float = 60,
    ) -> None:
        self._command = tuple(command)
        self._log = log
        self._ready = ready
        self._environ = dict(os.environ if environ is None else environ)
        self._timeout_s = timeout_s
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running process. Raises `StartError` when it was never started or has been stopped."""
        return self._running().pid

    @property
    def alive(self) -> bool:
        """Whether the process exists (a frozen one does)."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Starts the command and blocks until it is ready. Raises `StartError` with the end of its log."""
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C at the terminal reaches the caller, who decides what ends when.
            self._child = subprocess.Popen(
                self._command, stdout=log, stderr=subprocess.STDOUT, env=self._environ, start_new_session=True
            )
        poll_until(lambda: self._ready() or not self.alive, timeout_s=self._timeout_s)
        if not (self.alive and self._ready()):
            self.kill()
            raise StartError(f"{self._command[0]} did not get ready; the end of {self._log}:\n{self.log_tail()}")

    def stop(self) -> int | None:
        """SIGTERM, then SIGKILL after 15 s. Returns the exit status, `None` when it did not run."""
        if not self.alive:
            return None
        child = self._running()
        self.resume()
        child.terminate()
        try:
            return child.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return child.returncode

    def kill(self) -> None:
        """SIGKILL, and waits until the process is gone. Does nothing to one that has ended."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()

    def restart(self) -> None:
        """Starts the same command again: same folders, same ports. Stops it first when it still runs."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """SIGSTOP: the process freezes, and its sockets stay open."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        self._running().send_signal(signal.SIGCONT)

    def log_tail(self) -> str:
        """Returns the last 2 kB of the log."""
        return log_tail(self._log)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None:
            raise StartError(f"{self._command[0]} was never started")
        return self._child


def log_tail(log: Path) -> str:
    """Returns the last 2 kB of a log, which need not exist."""
    return log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace") if log.exists() else ""
