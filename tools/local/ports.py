"""TCP ports on loopback."""

import errno
import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from tools.local.errors import LaptopError

LOOPBACK = "127.0.0.1"
LISTENERS_PORTS = range(10_000, 32_000)
"""Systems make connections from higher ports (Linux from 32,768 on, RFC 6335 from 49,152). One of those that is free
now, or whose server is down for a moment, may be some connection's a second later."""


class PortTakenError(LaptopError):
    """Somebody listens there already."""


def free_port() -> int:
    """Returns a loopback port of `LISTENERS_PORTS` that nobody has now. Somebody may take it before the caller does.

    Raises `PortTakenError` when a hundred were taken.
    """
    for port in random.SystemRandom().sample(LISTENERS_PORTS, 100):
        with suppress(OSError), socket.create_server((LOOPBACK, port)):
            return port
    raise PortTakenError(f"Of the ports from {LISTENERS_PORTS.start} to {LISTENERS_PORTS.stop} hardly one is free.")


def require_free(port: int, *, setting: str) -> None:
    """Raises `PortTakenError`, which names the holder where the system tells, unless the port can be had."""
    try:
        socket.create_server((LOOPBACK, port)).close()
    except OSError as error:
        reason = (
            f"is taken{_holder(port)}" if error.errno == errno.EADDRINUSE else f"is not to be had ({error.strerror})"
        )
        raise PortTakenError(
            f"Port {port} {reason}. Stop what uses it, or choose another: {setting}={free_port()} make run"
        ) from error


def accepts(port: int, host: str = LOOPBACK) -> bool:
    """Tells whether somebody accepts connections there. Blocks at most 1 s."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def poll_until(done: Callable[[], bool], *, timeout_s: float, every_s: float = 0.05) -> bool:
    """Blocks until `done()` holds; returns `False` when it did not within `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:  # macOS tells this to root alone
        return ""
    listening = [each for each in connections if each.status == psutil.CONN_LISTEN and each.pid]
    return "".join(f" by process {each.pid}" for each in listening if [*each.laddr][1:] == [port])
