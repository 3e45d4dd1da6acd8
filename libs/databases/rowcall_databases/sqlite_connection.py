"""A SQLite connection that can only read, can be stopped, and trusts nothing in the file.

The settings follow "Defense Against The Dark Arts" (https://sqlite.org/security.html).
"""

import sqlite3
import threading
from pathlib import Path

from rowcall_databases.sqlite_authorizer import Authorizer
from rowcall_databases.sqlite_errors import translated_errors

# Virtual machine instructions between two looks at the stop flag: well below a millisecond.
_PROGRESS_INSTRUCTIONS = 10_000
_BUSY_TIMEOUT_S = 1.0
_LARGEST_VALUE_BYTES = 64 * 1024 * 1024
_LONGEST_LIKE_PATTERN = 1_000

_HARDENING = ("query_only=ON", "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0")


class SqliteConnection:
    """Opened and hardened; `progress_calls` counts how often the running statement asked whether to go on."""

    def __init__(self, path: Path) -> None:
        self.progress_calls = 0
        self._stop = threading.Event()
        with translated_errors():
            self._raw = _open(path)
            self._raw.set_progress_handler(self._progress, _PROGRESS_INSTRUCTIONS)

    def begin(self, authorizer: Authorizer) -> sqlite3.Connection:
        """Returns the connection for one piece of work that may do what `authorizer` allows."""
        self._stop.clear()
        self._raw.set_authorizer(authorizer)
        return self._raw

    def interrupt(self) -> None:
        """Stops the running statement; called from another thread."""
        self._stop.set()
        self._raw.interrupt()

    def close(self) -> None:
        """Closes the file."""
        self._raw.close()

    def _progress(self) -> int:
        self.progress_calls += 1
        return int(self._stop.is_set())


def write_ahead_log(path: Path) -> Path:
    """Returns where a database's log lies while it has one (https://sqlite.org/wal.html)."""
    return path.with_name(f"{path.name}-wal")


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _opened(f"{path.as_uri()}?mode=ro")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_CANTOPEN or write_ahead_log(path).exists():
            raise
        # A WAL database in a folder that cannot be written has no place for its shared memory file. Without a log
        # nobody is writing, so the file may be read as it is (https://sqlite.org/wal.html#read_only_databases).
        return _opened(f"{path.as_uri()}?mode=ro&immutable=1")


def _opened(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None)
    try:
        _harden(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _harden(connection: sqlite3.Connection) -> None:
    for pragma in _HARDENING:
        connection.execute(f"PRAGMA {pragma}")
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, _LONGEST_LIKE_PATTERN)
    connection.text_factory = _lenient_text
    # SQLite opens lazily: only a read finds out that the file is no database.
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def _lenient_text(raw: bytes) -> str:
    """SQLite keeps whatever bytes it was given; one bad byte must not lose the row."""
    return raw.decode("utf-8", "replace")
