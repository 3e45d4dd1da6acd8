"""The demo data in a MySQL database."""

import csv
import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from tools.local.demo import FILES, SCHEMA
from tools.testing.mysql_server import MysqlServer


def load_demo(server: MysqlServer, database: str, demo: Path) -> None:
    """Copies the tables of the SQLite file `demo`, keys included. A million rows take half a minute."""
    # A TEXT cannot be a key without a length, and some rows have no parent, as in the source.
    schema = re.sub(r"\bREAL\b", "DOUBLE", re.sub(r"\bTEXT\b", "VARCHAR(80)", SCHEMA))
    # Sorted and compared as SQLite does, so that the same statements give the same rows.
    server.run(f"ALTER DATABASE {database} COLLATE utf8mb4_bin; {schema}", database)
    with closing(sqlite3.connect(demo)) as source, tempfile.TemporaryDirectory() as folder:
        for table in FILES:
            file = Path(folder) / f"{table}.csv"
            _write(source, table, file)
            server.run(
                f"SET foreign_key_checks = 0; LOAD DATA LOCAL INFILE '{file}' INTO TABLE {table}"
                " CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\"' ESCAPED BY ''"
                f" LINES TERMINATED BY '\\n'; ANALYZE TABLE {table}",
                database,
            )


def _write(source: sqlite3.Connection, table: str, file: Path) -> None:
    """Writes NULL as a bare word and every text in quotes, which is how LOAD DATA tells them apart."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        for row in source.execute(f"SELECT * FROM {table}"):  # noqa: S608 - a name of ours
            writer.writerow([_NULL if cell is None else cell for cell in row])


class _Null(float):
    """What `csv` takes for a number and writes without quotes."""

    def __repr__(self) -> str:
        return "NULL"

    __str__ = __repr__


_NULL = _Null("nan")
