"""What the supervisor runs: the servers first, then the five services."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tools.local.keys import Secret

GATEWAY = "gateway"
SERVICE_STOP_S = 25  # services drain for 20 s at most
SERVER_STOP_S = 15


class Group(StrEnum):
    """Programs that start together and stop together, in this order; they stop in the opposite one."""

    SERVERS = "servers"  # start with the supervisor
    SERVICES = "services"  # wait until they are told to


@dataclass(frozen=True, kw_only=True)
class Program:
    """A process to keep alive. `environ` comes on top of the supervisor's own."""

    name: str
    group: Group
    command: tuple[str, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    stop_wait_s: int  # then SIGKILL


@dataclass(frozen=True, kw_only=True)
class Service:
    """One of the five services and the secrets it may see."""

    name: str
    command: tuple[str, ...]
    secrets: tuple[Secret, ...] = ()

    def program(self, *, port: int, environ: Mapping[str, str], secrets: Mapping[Secret, Path]) -> Program:
        """Returns the service as a program with its admin port and paths to its secrets."""
        files = {name.file_variable: str(secrets[name]) for name in self.secrets if name in secrets}
        own = {"ROWCALL_ADMIN_PORT": str(port), **environ, **files}
        return Program(
            name=self.name, group=Group.SERVICES, command=self.command, environ=own, stop_wait_s=SERVICE_STOP_S
        )


def server(name: str, command: Sequence[str]) -> Program:
    """Returns the broker or the store as a program."""
    return Program(name=name, group=Group.SERVERS, command=tuple(command), stop_wait_s=SERVER_STOP_S)


def _service(name: str, *secrets: Secret) -> Service:
    return Service(name=name, command=(sys.executable, "-m", f"rowcall_{name}"), secrets=secrets)


SERVICES = (
    _service(GATEWAY, Secret.BOOTSTRAP_KEY),
    _service("summarizer", Secret.LLM_API_KEY),
    _service("sqlgen", Secret.LLM_API_KEY),
    _service("executor", Secret.MASTER_KEY),
    _service("webhooks", Secret.MASTER_KEY),
)
"""The one list of services."""

MIGRATE = (sys.executable, "-m", "rowcall_runtime.migrate")
