"""Looks after a running stack: reports restarts, and does not let the supervisor give up on a program."""

import time
from collections.abc import Callable
from typing import NoReturn

from tools.local.supervision import Supervisor

EVERY_S = 1.0


def watch(supervisor: Supervisor, announce: Callable[[str], None]) -> NoReturn:
    """Blocks for ever. Raises `StartError` when supervisord itself has ended."""
    pids = {report.name: report.pid for report in supervisor.reports()}
    while True:
        time.sleep(EVERY_S)
        for report in supervisor.reports():
            if report.failed:
                announce(f"{report.name} keeps dying right after its start; see its log. Trying again ...")
                supervisor.start_again(report)
            elif report.pid not in {0, pids[report.name]}:
                announce(f"{report.name} died and was started again (process {report.pid}).")
                pids[report.name] = report.pid
