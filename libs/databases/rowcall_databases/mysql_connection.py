"""A MySQL connection that reads no file of this machine, writes nothing, and can be stopped from another thread."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread

import pymysql
from pymysql.connections import Connection
from pymysql.constants import CR
from pymysql.cursors import Cursor, SSCursor

from rowcall_databases.errors import StatementRefused
from rowcall_databases.mysql_dialling import CONNECT_TIMEOUT_S, redial
from rowcall_databases.mysql_errors import translated_errors
from rowcall_databases.mysql_product import Product, product_of
from rowcall_databases.mysql_tls import TlsMode, tls_context, tls_mode
from rowcall_databases.mysql_values import DECODERS
from rowcall_databases.server_location import MysqlLocation

# The server stops a statement by itself this long after our deadline, should our KILL not reach it.
_SERVER_MARGIN_S = 2.0
_KILL_AGAIN_AFTER_S = 0.1  # a KILL that comes before the statement has begun is lost
_KILLS = 50
_PLAIN_PASSWORD = ("mysql_clear_password", "dialog")  # they send the password as it is, to whoever answers


class MysqlConnection:
    """One connection of the blocking driver. `interrupt` is called from another thread, all else from one."""

    def __init__(self, location: MysqlLocation, dialled: socket.socket) -> None:
        self._location = location
        self._socket = dialled
        self._line = dialled.dup()  # stays ours when TLS takes the socket over
        self._driver = _driver(location, read_timeout_s=None)
        self._id: int | None = None
        self._ended = Event()
        self._killer: Thread | None = None
        self.product = Product.MYSQL
        self.version = ""

    @property
    def killed(self) -> bool:
        """Whether a KILL was sent, which may still hit the next statement: the connection must not be used again."""
        return self._killer is not None

    def log_in(self) -> None:
        """Raises `AuthenticationFailed` or `Unreachable`."""
        with translated_errors():
            self._driver.connect(self._socket)
            ((version, number),) = self.rows("SELECT VERSION(), CONNECTION_ID()")
            self.product, self.version = product_of(str(version))
            self._set_up()
            self._id = int(str(number))

    def refresh(self) -> None:
        """Releases the session's locks and sets it up anew; its user variables stay, which the guard lets nobody read.

        Raises `Unreachable` when the connection is lost.
        """
        with translated_errors():
            self.rows("SELECT RELEASE_ALL_LOCKS()")
            self._set_up()

    @contextmanager
    def reading(self, timeout_s: float) -> Iterator[None]:
        """A read-only transaction whose statements the server stops soon after `timeout_s`; rolled back at its end."""
        self._ended.clear()
        try:
            with translated_errors():
                self.execute(self.product.time_limit(timeout_s + _SERVER_MARGIN_S))
                self.execute(self.product.begin)
                yield
                if not self.killed:
                    self.execute("ROLLBACK")
        finally:
            self._ended.set()
            _abandon_result(self._driver)

    def require_query(self, sql: str) -> None:
        """Raises `QueryError` unless the server's own parser takes `sql` for one query and nothing more.

        Inside the brackets of EXISTS there can be no INTO, no second statement and nothing that writes. It is prepared
        and never run; TiDB, where transactions are never read-only, has no other protection than this one.
        """
        wrapped = self._driver.escape(f"SELECT EXISTS (\n{sql}\n)")
        self.execute(f"PREPARE rowcall_query FROM {wrapped}")

    def execute(self, sql: str) -> None:
        """Runs a statement that has no rows. Raises the driver's errors, as `rows` and `stream` do."""
        self._driver.query(sql)

    def rows(self, sql: str) -> tuple[tuple[object, ...], ...]:
        """Returns all rows."""
        with self._driver.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def stream(self, sql: str) -> SSCursor:
        """Returns a cursor that holds one row at a time. Raises `StatementRefused` when there are no rows to hold."""
        cursor = self._driver.cursor(SSCursor)
        cursor.execute(sql)
        if not cursor.description:
            raise StatementRefused("Only a statement that returns rows may be run.")
        return cursor

    def interrupt(self) -> None:
        """Has the running statement killed over a second connection; hangs up where that cannot be had."""
        if self._id is None:
            self._hang_up()
        elif self._killer is None:
            self._killer = Thread(target=self._kill, args=(self._id,), name="mysql-kill", daemon=True)
            self._killer.start()

    def cut_short(self) -> None:
        """Has a statement killed of which no more rows are wanted."""
        self._ended.set()  # one KILL is enough: rows have come, so the statement has begun
        self.interrupt()

    def close(self) -> None:
        """Waits for a KILL under way, then closes."""
        self._ended.set()
        if self._killer is not None:
            self._killer.join()
        with suppress(pymysql.Error):  # closed already
            self._driver.close()
        self._socket.close()
        self._line.close()

    def _set_up(self) -> None:
        for statement in self.product.settings:
            self.execute(statement)

    def _kill(self, number: int) -> None:
        try:
            with closing(_driver(self._location, read_timeout_s=CONNECT_TIMEOUT_S)) as second:
                second.connect(redial(self._line))
                for _ in range(_KILLS):
                    second.query(f"KILL QUERY {number}")
                    if self._ended.wait(_KILL_AGAIN_AFTER_S):
                        return
        except (pymysql.Error, OSError):
            pass
        self._hang_up()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)


def _driver(location: MysqlLocation, *, read_timeout_s: float | None) -> "Connection[Cursor]":
    mode = tls_mode(location)
    return Connection(
        host=location.host,  # for the certificate: the socket leads to the address that was checked
        user=location.user,
        password=location.password.encode(),
        database=location.database,
        charset="utf8mb4",
        conv={**DECODERS},
        autocommit=None,
        local_infile=False,
        defer_connect=True,
        program_name="rowcall",
        read_timeout=read_timeout_s,
        ssl=tls_context(mode),
        ssl_disabled=mode is TlsMode.DISABLED,
        auth_plugin_map={} if mode is TlsMode.VERIFY_IDENTITY else dict.fromkeys(_PLAIN_PASSWORD, _Refusing),
    )


class _Refusing:
    """Refuses a way of logging in."""

    def __init__(self, connection: "Connection[Cursor]") -> None:
        pass

    def authenticate(self, packet: object) -> None:
        raise pymysql.OperationalError(CR.CR_AUTH_PLUGIN_CANNOT_LOAD, "refused")


def _abandon_result(driver: "Connection[Cursor]") -> None:
    """Otherwise PyMySQL reads on, to the end of a result that was left half-read, when its cursor is let go."""
    result = driver._result  # type: ignore[attr-defined]  # it has no public name
    if result is not None:
        result.unbuffered_active = False
