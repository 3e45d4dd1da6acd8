"""Changed copies of a database on which a right statement must be right too (test-suite accuracy)."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from random import Random

from rowcall_sqlgen.evaluate.literals import Literals, literals_of
from rowcall_sqlgen.evaluate.perturbation import perturbed
from rowcall_sqlgen.evaluate.table_structure import TableStructure, quoted, structures


def make_copies(original: Path, folder: Path, *, count: int, golds: Iterable[str]) -> list[Path]:
    """Writes `count` changed copies of a SQLite file into `folder`; the same input gives the same copies.

    Values that `golds` mention stay where they are, so that the statements still find rows.
    """
    literals = literals_of(golds)
    return [
        _make_copy(original, folder / f"copy-{i}.sqlite", literals, seed=f"{original.stem}:{i}") for i in range(count)
    ]


def _make_copy(original: Path, target: Path, literals: Literals, *, seed: str) -> Path:
    random = Random(seed)  # noqa: S311 - no secret
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        _clone(original, copy)
        copy.text_factory = _lenient_text
        copy.execute("PRAGMA ignore_check_constraints = ON")
        copy.execute("BEGIN")
        _drop_triggers(copy)
        for structure in structures(copy):
            _rewrite(copy, structure, literals, random)
        copy.execute("COMMIT")
    return target


def _clone(original: Path, copy: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(f"{original.absolute().as_uri()}?mode=ro", uri=True)) as source:
        source.backup(copy)
    copy.execute("PRAGMA journal_mode = OFF")
    copy.execute("PRAGMA synchronous = OFF")


def _drop_triggers(copy: sqlite3.Connection) -> None:
    for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        copy.execute(f"DROP TRIGGER {quoted(str(name))}")


def _rewrite(copy: sqlite3.Connection, structure: TableStructure, literals: Literals, random: Random) -> None:
    table, columns = quoted(structure.name), ", ".join(map(quoted, structure.columns))
    rows = copy.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - quoted names
    copy.execute(f"DELETE FROM {table}")  # noqa: S608
    places = ", ".join("?" * len(structure.columns))
    copy.executemany(
        f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})",  # noqa: S608
        perturbed(rows, structure, literals, random=random),
    )


def _lenient_text(raw: bytes) -> str:
    """SQLite keeps whatever bytes it was given; a copy may differ in the bad ones."""
    return raw.decode("utf-8", "replace")
