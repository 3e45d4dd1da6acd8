"""`make run`: broker, store, demo data, migrations and the five services, until Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

import httpx
from pydantic import ValidationError

from tools.local.demo import ensure_demo
from tools.local.demo_connection import ensure_demo_connection
from tools.local.errors import LaptopError
from tools.local.keys import read_bootstrap_key, secret_files
from tools.local.leftovers import end_leftovers
from tools.local.page import Facts, page
from tools.local.plan import Plan, make_plan
from tools.local.ports import LOOPBACK
from tools.local.programs import MIGRATE, SERVICES, Service
from tools.local.readiness import await_servers, await_services
from tools.local.settings import LocalSettings
from tools.local.state import StateFolder
from tools.local.supervision import Supervisor
from tools.local.watching import watch

SERVERS_TIMEOUT_S = 90
SERVICES_TIMEOUT_S = 90
MIGRATE_TIMEOUT_S = 120
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class MigrationError(LaptopError):
    """Topics or indexes could not be made."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What the laptop stack runs beside broker and store."""

    services: Sequence[Service] = SERVICES
    migrate: Sequence[str] = MIGRATE


def main() -> int:
    """Runs until a signal; returns the exit status."""
    for each in SIGNALS:
        signal.signal(each, end_once)
    try:
        run(LocalSettings(), Parts(), announce=lambda text: print(text, flush=True))
    except KeyboardInterrupt:
        print("Stopped.")
        return 0
    except ValidationError as error:
        for fault in error.errors(include_input=False):
            print(f"ROWCALL_{str(fault['loc'][0]).upper()}: {fault['msg']}", file=sys.stderr)
        return 2
    except LaptopError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def run(settings: LocalSettings, parts: Parts, *, announce: Callable[[str], None]) -> None:
    """Starts everything, prints the page and watches over it; ends everything however it is left.

    Raises `LaptopError` when something does not start, and otherwise returns only by `KeyboardInterrupt`.
    """
    began = time.monotonic()
    state = StateFolder(settings.state_dir.resolve())
    with state.held(), state.socket() as socket:
        if ended := end_leftovers(state.processes):
            announce(f"Ended {ended} processes of an earlier run that was killed.")
        announce("Preparing (the first time, Kafka's jars are fetched) ...")
        plan = make_plan(settings, state, services=parts.services, environ=os.environ)
        state.ports.write_text(json.dumps({**plan.server_ports, **plan.service_ports}), encoding="ascii")
        with Supervisor(plan.programs, state, socket=socket, environ=plan.environ) as supervisor:
            _start(plan, parts, state=state, supervisor=supervisor, announce=announce)
            announce(page(_facts(settings, plan, state=state, seconds=time.monotonic() - began)))
            watch(supervisor, announce)


def end_once(_signal: int, _frame: FrameType | None) -> None:
    """A signal handler that ends the run: it raises `KeyboardInterrupt` in the main thread."""
    # A second Ctrl-C must not cut short the ending of what was started.
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise KeyboardInterrupt


def _start(
    plan: Plan, parts: Parts, *, state: StateFolder, supervisor: Supervisor, announce: Callable[[str], None]
) -> None:
    announce("Starting broker and store ...")
    ensure_demo(state.demo_database)
    await_servers(plan.server_ports, supervisor, state=state, timeout_s=SERVERS_TIMEOUT_S)
    _migrate(plan, parts, state)
    announce("Starting the services ...")
    supervisor.start_services()
    await_services(plan.service_ports, supervisor, state=state, timeout_s=SERVICES_TIMEOUT_S)


def _migrate(plan: Plan, parts: Parts, state: StateFolder) -> None:
    log = state.log("migrate")
    with log.open("wb") as output:
        finished = subprocess.run(
            parts.migrate,
            check=False,
            env=plan.environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            timeout=MIGRATE_TIMEOUT_S,
        )
    if finished.returncode:
        raise MigrationError(f"The migration failed:\n{log.read_text(encoding='utf-8', errors='replace').strip()}")


def _facts(settings: LocalSettings, plan: Plan, *, state: StateFolder, seconds: float) -> Facts:
    url = f"http://{LOOPBACK}:{plan.port}"
    key = read_bootstrap_key(secret_files(settings, state))
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}) as api:
        connection_id = ensure_demo_connection(api, state.demo_database)
    return Facts(
        url=url,
        key=key,
        connection_id=connection_id,
        state=state.root,
        logs=state.logs,
        database_networks=settings.database_allow_networks,
        webhook_networks=settings.webhook_allow_networks,
        seconds=seconds,
    )


if __name__ == "__main__":
    sys.exit(main())
