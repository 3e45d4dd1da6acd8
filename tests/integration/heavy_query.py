"""A query whose cost is chosen and whose answer is known: pairs of numbers, each of which the database looks at."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

LARGEST = 20_000
MODULUS = 7
WANTED = 3


def numbers_database(path: Path) -> Path:
    """Creates a database with one table of numbers."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE numbers (n INTEGER)")
        database.executemany("INSERT INTO numbers VALUES (?)", ((n,) for n in range(LARGEST)))
    return path


def count_pairs_sql(below: int) -> str:
    """Counts pairs of numbers below a bound. 8,000 keep an idle core busy for about 4 s; the cost is quadratic."""
    return (
        "SELECT count(*) AS pairs FROM numbers AS a CROSS JOIN numbers AS b "
        f"WHERE a.n < {below} AND b.n < {below} AND (a.n * b.n) % {MODULUS} = {WANTED}"
    )


def count_pairs(below: int) -> int:
    """Returns what `count_pairs_sql` must answer, from the residues alone."""
    residues = Counter(n % MODULUS for n in range(below))
    return sum(residues[a] * residues[b] for a in residues for b in residues if (a * b) % MODULUS == WANTED)
