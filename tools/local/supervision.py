"""supervisord as a child: it starts what dies again, and ends everything when told."""

import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from supervisor.states import ProcessStates
from supervisor.xmlrpc import SupervisorTransport

from tools.local.leftovers import end_leftovers, record_processes
from tools.local.ports import poll_until
from tools.local.processes import StartError
from tools.local.programs import Group, Program
from tools.local.state import StateFolder
from tools.local.supervisor_config import supervisor_config

START_TIMEOUT_S = 15
STOP_TIMEOUT_S = 60


@dataclass(frozen=True)
class ProcessReport:
    """One supervised process now. `pid` is 0 while it does not run."""

    name: str
    group: str
    pid: int
    failed: bool  # it died so often right after its start that the supervisor gave up


class Supervisor:
    """Runs programs inside a `with` block; leaving the block ends them all, however it is left. Not thread-safe."""

    def __init__(
        self, programs: Sequence[Program], state: StateFolder, *, socket: Path, environ: Mapping[str, str]
    ) -> None:
        self._programs = tuple(programs)
        self._state = state
        self._socket = socket
        self._environ = dict(environ)
        self._recorded: frozenset[int] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether supervisord itself lives."""
        return self._child is not None and self._child.poll() is None

    def reports(self) -> list[ProcessReport]:
        """Asks supervisord about every program, and writes down the pids for a run that must clean up after this one.

        Raises `StartError` when supervisord has ended.
        """
        reports = [_report(fields) for fields in self._call("getAllProcessInfo")]
        pids = frozenset(report.pid for report in reports if report.pid)
        if pids != self._recorded and self._child is not None:
            record_processes(self._state.processes, supervisor=self._child.pid, programs=sorted(pids))
            self._recorded = pids
        return reports

    def start_services(self) -> None:
        """Starts the programs that wait for it. Does not wait until they are ready."""
        self._call("startProcessGroup", Group.SERVICES.value, False)

    def start_again(self, report: ProcessReport) -> None:
        """Starts a program that the supervisor has given up on. Does not wait until it is ready."""
        self._call("startProcess", f"{report.group}:{report.name}", False)

    def __enter__(self) -> Self:
        text = supervisor_config(self._programs, self._state, socket=self._socket)
        config = self._state.write_private("supervisord.conf", text)
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(config)]
        try:
            self._spawn(command)
            self._await_answer()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the services, then the servers, then supervisord. Blocks up to 60 s, then kills what is left."""
        if self._child is not None and self.running:
            self._child.terminate()
            try:
                self._child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        end_leftovers(self._state.processes)

    def _spawn(self, command: Sequence[str]) -> None:
        with self._state.log("supervisord-console").open("wb") as log:
            # A session of its own: Ctrl-C must reach this process alone, which then stops things in order.
            self._child = subprocess.Popen(
                command, env=self._environ, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _await_answer(self) -> None:
        poll_until(lambda: self._answers() or not self.running, timeout_s=START_TIMEOUT_S)
        if not (self.running and self._answers()):
            log = self._state.log("supervisord-console").read_text(encoding="utf-8", errors="replace")
            raise StartError(f"supervisord did not start: {log.strip()}")

    def _answers(self) -> bool:
        try:
            return self._socket.exists() and bool(self.reports())
        except StartError:
            return False

    def _call(self, method: str, *arguments: str | bool) -> list[Mapping[str, object]]:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        try:
            with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
                answer = getattr(proxy.supervisor, method)(*arguments)
        except (OSError, xmlrpc.client.Error) as error:
            raise StartError(f"supervisord did not do {method}{arguments}: {error}") from error
        return answer if isinstance(answer, list) else []


def _report(fields: Mapping[str, object]) -> ProcessReport:
    pid = fields["pid"]
    return ProcessReport(
        name=str(fields["name"]),
        group=str(fields["group"]),
        pid=pid if isinstance(pid, int) else 0,
        failed=fields["state"] == ProcessStates.FATAL,
    )
