"""Waits for supervised processes until they answer, and says which one did not, with the end of its log."""

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

from tools.local.ports import LOOPBACK, accepts, poll_until
from tools.local.processes import StartError, log_tail
from tools.local.state import StateFolder
from tools.local.supervision import Supervisor

PROBE_TIMEOUT_S = 2


def await_servers(ports: Mapping[str, int], supervisor: Supervisor, *, state: StateFolder, timeout_s: float) -> None:
    """Blocks until every named process accepts connections. Raises `StartError`."""
    _await({name: partial(accepts, port) for name, port in ports.items()}, supervisor, state=state, timeout_s=timeout_s)


def await_services(ports: Mapping[str, int], supervisor: Supervisor, *, state: StateFolder, timeout_s: float) -> None:
    """Blocks until `GET /readyz` answers 200 on the port of every named process. Raises `StartError`."""
    _await(
        {name: partial(is_ready, port) for name, port in ports.items()}, supervisor, state=state, timeout_s=timeout_s
    )


def is_ready(port: int) -> bool:
    """Says whether `GET /readyz` answers 200 there. Asked many times a second, where httpx would cost 25 ms each."""
    connection = HTTPConnection(LOOPBACK, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _await(
    probes: Mapping[str, Callable[[], bool]], supervisor: Supervisor, *, state: StateFolder, timeout_s: float
) -> None:
    waiting = dict(probes)

    def settled() -> bool:
        for name in [name for name, probe in waiting.items() if probe()]:
            del waiting[name]
        return not waiting or bool(_failed(waiting, supervisor))

    poll_until(settled, timeout_s=timeout_s, every_s=0.1)
    if waiting:
        name = next(iter(_failed(waiting, supervisor) or waiting))
        log = state.log(name)
        raise StartError(f"{name} did not get ready; the end of {log}:\n{log_tail(log)}")


def _failed(names: Mapping[str, object], supervisor: Supervisor) -> list[str]:
    return [report.name for report in supervisor.reports() if report.failed and report.name in names]
