"""A real MySQL server for tests: the one that ROWCALL_TEST_MYSQL_URL names, or MariaDB on loopback."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

import pymysql
from pymysql.constants import CLIENT
from pymysql.cursors import Cursor

from tools.local.kafka_jars import JarsError
from tools.local.ports import LOOPBACK, free_port
from tools.testing.mariadb_binaries import mariadb_binaries

SETTING = "ROWCALL_TEST_MYSQL_URL"
CERTIFICATES = Path(__file__).parents[2] / "services" / "webhooks" / "tests" / "certificates"
UNAVAILABLE = (JarsError, OSError, subprocess.SubprocessError)
"""What `running_mysql` raises where no server can run; a test may skip then, with the reason."""

_START_TIMEOUT_S = 60
_PREPARE_TIMEOUT_S = 60


@dataclass(frozen=True, kw_only=True)
class MysqlServer:
    """A running server and a user who may do everything there."""

    host: str
    port: int
    user: str
    password: str = ""

    def uri(self, database: str, *, user: str | None = None, password: str | None = None, options: str = "") -> str:
        """Returns a connection URI."""
        name = quote(self.user if user is None else user)
        secret = quote(self.password if password is None else password, safe="")
        return f"mysql://{name}:{secret}@{self.host}:{self.port}/{database}{options}"

    @property
    def is_mariadb(self) -> bool:
        """Whether it has what MariaDB alone has, such as sequences."""
        with self.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT version() LIKE '%MariaDB%'")
            return cursor.fetchone() == (1,)

    def connect(self, database: str | None = None) -> "pymysql.Connection[Cursor]":
        """Opens a connection that runs scripts of several statements; `"` quotes names there, as elsewhere."""
        return pymysql.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=database,
            autocommit=True,
            local_infile=True,
            sql_mode="ANSI_QUOTES",
            client_flag=CLIENT.MULTI_STATEMENTS,
        )

    def run(self, script: str, database: str | None = None) -> None:
        """Runs a script to its end."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            cursor.execute(script)
            while cursor.nextset():
                pass

    @contextmanager
    def database(self, script: str = "") -> Iterator[str]:
        """Creates a database of a name of its own, runs the script in it, and drops it at the end."""
        name = f"rowcall_{uuid4().hex[:12]}"
        self.run(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            if script:
                self.run(script, name)
            yield name
        finally:
            self.run(f"DROP DATABASE {name}")


@contextmanager
def running_mysql() -> Iterator[MysqlServer]:
    """Yields a server, and stops it at the end if it was started here. Raises what `UNAVAILABLE` names."""
    if given := os.environ.get(SETTING):
        yield _given(given)
        return
    binaries = mariadb_binaries(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "rowcall")
    with (
        tempfile.TemporaryDirectory(prefix="rowcall-mysql-", ignore_cleanup_errors=True) as folder,
        _mariadb(binaries, Path(folder)) as server,
    ):
        yield server


def _given(url: str) -> MysqlServer:
    parts = urlsplit(url)
    return MysqlServer(
        host=parts.hostname or LOOPBACK,
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
    )


@contextmanager
def _mariadb(binaries: Path, folder: Path) -> Iterator[MysqlServer]:
    data, log, port = folder / "data", folder / "log", free_port()
    data.mkdir()
    _temporary(data).mkdir()
    _prepare(binaries, data)
    options = (
        f"--bind-address={LOOPBACK}",
        f"--port={port}",
        "--socket=",
        "--skip-name-resolve",
        "--local-infile=1",
        "--innodb-flush-log-at-trx-commit=0",
        # Without a certificate MariaDB makes one at every start, which takes seconds.
        f"--ssl-cert={CERTIFICATES / 'receiver.pem'}",
        f"--ssl-key={CERTIFICATES / 'receiver.key'}",
    )
    with log.open("wb") as output:
        process = subprocess.Popen([*_command(binaries, data), *options], stdout=output, stderr=output)
    try:
        server = MysqlServer(host=LOOPBACK, port=port, user="root")
        _wait_for(server, process, log)
        yield server
    finally:
        process.kill()
        process.wait()


def _prepare(binaries: Path, data: Path) -> None:
    share = binaries / "share"
    tables = (share / "mariadb_system_tables.sql").read_text(encoding="utf-8")
    rows = (share / "mariadb_system_tables_data.sql").read_text(encoding="utf-8")
    script = f"CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n{tables}\n{rows}"
    command = [*_command(binaries, data), "--bootstrap"]
    done = subprocess.run(command, input=script.encode(), check=False, capture_output=True, timeout=_PREPARE_TIMEOUT_S)
    if done.returncode:
        raise OSError(f"MariaDB made no tables of its own: {done.stderr.decode(errors='replace')[-500:]}")


def _temporary(data: Path) -> Path:
    """A server that starts deletes other servers' temporary tables where they share a folder."""
    return data.parent / "temporary"


def _command(binaries: Path, data: Path) -> list[str]:
    return [
        str(binaries / "bin" / "mariadbd"),
        "--no-defaults",
        "--user=root",
        f"--basedir={binaries}",
        f"--datadir={data}",
        f"--tmpdir={_temporary(data)}",
        f"--lc-messages-dir={binaries / 'share'}",
        "--innodb-buffer-pool-size=64M",
    ]


def _wait_for(server: MysqlServer, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            server.connect().close()
        except pymysql.OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                raise OSError(f"MariaDB did not start: {log.read_text(errors='replace')[-500:]}") from None
            time.sleep(0.05)
        else:
            return
