"""The configuration file of supervisord."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.local.errors import LaptopError
from tools.local.programs import Group, Program
from tools.local.state import StateFolder

# supervisord's reader has no way to quote these: it would cut the value there.
UNQUOTABLE = ('"', "\n", " ;", " #")

# A process that dies within a second of its start is tried three more times, then reported as FATAL.
START_SECONDS = 1
START_RETRIES = 3


class UnquotableError(LaptopError):
    """A value cannot stand in the file."""


def supervisor_config(programs: Sequence[Program], state: StateFolder, *, socket: Path) -> str:
    """Returns the file's text. Raises `UnquotableError`."""
    sections: dict[str, Mapping[str, object]] = {
        "unix_http_server": {"file": _plain(str(socket)), "chmod": "0700"},
        "supervisord": {
            "logfile": _plain(str(state.log("supervisor"))),
            "logfile_maxbytes": "2MB",
            "logfile_backups": 1,
            "pidfile": _plain(str(state.run / "supervisord.pid")),
            "childlogdir": _plain(str(state.logs)),
            "silent": "true",
        },
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
        **{f"group:{group}": _group(priority, group, programs) for priority, group in enumerate(Group)},
        **{f"program:{program.name}": _program(program, state) for program in programs},
    }
    return "\n".join(f"[{name}]\n{_lines(values)}" for name, values in sections.items())


def _group(priority: int, group: Group, programs: Sequence[Program]) -> Mapping[str, object]:
    return {"programs": ",".join(each.name for each in programs if each.group is group), "priority": priority}


def _program(program: Program, state: StateFolder) -> Mapping[str, object]:
    return {
        "command": _plain(shlex.join(program.command)),
        "environment": ",".join(f'{name}="{_plain(value)}"' for name, value in program.environ.items()),
        "autostart": str(program.group is Group.SERVERS).lower(),
        "autorestart": "true",
        "startsecs": START_SECONDS,
        "startretries": START_RETRIES,
        "stopwaitsecs": program.stop_wait_s,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": _plain(str(state.log(program.name))),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": 2,
    }


def _lines(values: Mapping[str, object]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _plain(value: str) -> str:
    """Escapes supervisord's own expansions, %(name)s."""
    if any(sign in value for sign in UNQUOTABLE):
        raise UnquotableError(
            "The path of this repository or of its state folder, or a ROWCALL_ setting, holds a double quote, a line "
            "break, or a blank before ; or #, which the supervisor's configuration cannot carry; please choose another."
        )
    return value.replace("%", "%%")
