"""The engine layer alone, the guard not asked: no statement changes a byte or reaches outside the database."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from rowcall_databases import Database, DatabaseError, QueryLimits
from rowcall_databases.testing import PostgresServer

Open = Callable[[str], Database]

LIMITS = QueryLimits(timeout_s=2)
CORPUS = Path(__file__).parents[4] / "shared" / "evaldata" / "dev" / "guard" / "refuse.jsonl"

WRITES = [
    "INSERT INTO customer (id, name) VALUES (9, 'x')",
    "UPDATE customer SET name = 'x'",
    "DELETE FROM customer",
    "DROP TABLE invoice",
    "CREATE TABLE other (a int)",
    "CREATE TEMP TABLE other (a int)",
    "ALTER TABLE customer ADD COLUMN x int",
    "INSERT INTO customer (id, name) VALUES (9, 'x') RETURNING id",
    "BEGIN",
    "COMMIT",
    "SELECT 1; DROP TABLE invoice",
    "COMMIT; DROP TABLE invoice",
    "VACUUM",
    "",
]
SQLITE_ESCAPES = [
    "PRAGMA query_only = OFF",
    "PRAGMA journal_mode = WAL",
    "PRAGMA writable_schema = ON",
    "PRAGMA user_version = 7",
    "PRAGMA table_info(customer)",
    "ATTACH DATABASE 'other.sqlite' AS other",
    "ATTACH DATABASE ':memory:' AS other",
    "VACUUM INTO 'copy.sqlite'",
    "REINDEX",
    "ANALYZE",
    "EXPLAIN DELETE FROM customer",
    "SELECT load_extension('x')",
    "SELECT zeroblob(100)",
    "SELECT fts3_tokenizer('x', x'00')",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM pragma_table_info('customer')",
    "SELECT * FROM dbstat",
    "CREATE TEMP TRIGGER t AFTER INSERT ON customer BEGIN SELECT 1; END",
    "WITH gone AS (SELECT 1) DELETE FROM customer",
]
DUCKDB_ESCAPES = [
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    "COPY customer TO 'out.csv'",
    "EXPORT DATABASE 'folder'",
    "ATTACH 'other.duckdb'",
    "ATTACH ':memory:' AS other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET memory_limit = '1TB'",
    "PRAGMA database_list",
    "CHECKPOINT",
    "CREATE TEMP MACRO f() AS 1",
    "CALL pragma_version()",
    "SELECT * FROM duckdb_file",  # a variable of this process
    "EXPLAIN ANALYZE SELECT 1",
]
POSTGRES_ESCAPES = [
    "COPY customer TO PROGRAM 'id'",
    "COPY customer TO '/tmp/out'",
    "DO $$ BEGIN DELETE FROM customer; END $$",
    "SET default_transaction_read_only = off",
    "SET TRANSACTION READ WRITE",
    "RESET ALL",
    "LOCK TABLE customer",
    "LISTEN channel",
    "NOTIFY channel",
    "CALL procedure()",
    "PREPARE p AS SELECT 1",
    "EXPLAIN ANALYZE DELETE FROM customer",
    "SELECT * INTO copied FROM customer",
    "WITH gone AS (DELETE FROM customer RETURNING id) SELECT * FROM gone",
    "SELECT nextval('s')",
    "SELECT lo_create(0)",
    "SELECT * FROM customer FOR UPDATE",
    "SELECT query_to_xml('DELETE FROM customer', true, true, '')",
]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def files_around(path: Path) -> list[Path]:
    return sorted(path.parent.iterdir())


def from_corpus(dialect: str) -> list[str]:
    if not CORPUS.exists():
        return []
    lines = CORPUS.read_text(encoding="utf-8").splitlines()
    return [item["sql"] for item in map(json.loads, lines) if item["dialect"] in {dialect, "any"}]


@pytest.mark.parametrize("sql", WRITES + SQLITE_ESCAPES)
async def test_sqlite_refuses_to_write_and_to_reach_outside(opened: Open, sqlite_file: Path, sql: str) -> None:
    before = digest(sqlite_file)

    with pytest.raises(DatabaseError):
        await opened(f"sqlite:///{sqlite_file}").query(sql, LIMITS)

    assert digest(sqlite_file) == before
    assert files_around(sqlite_file) == [sqlite_file]


@pytest.mark.parametrize("sql", WRITES + DUCKDB_ESCAPES)
async def test_duckdb_refuses_to_write_and_to_reach_outside(opened: Open, duckdb_file: Path, sql: str) -> None:
    before = digest(duckdb_file)

    with pytest.raises(DatabaseError):
        await opened(f"duckdb:///{duckdb_file}").query(sql, LIMITS)

    assert digest(duckdb_file) == before
    assert files_around(duckdb_file) == [duckdb_file]


@pytest.mark.parametrize("sql", WRITES + POSTGRES_ESCAPES)
async def test_postgres_refuses_to_write(opened: Open, postgres_shop: PostgresServer, sql: str) -> None:
    with psycopg.connect(postgres_shop.uri(), autocommit=True) as observer:
        observer.execute("CREATE SEQUENCE s")
        before = snapshot(observer)

        with pytest.raises(DatabaseError):
            await opened(postgres_shop.uri()).query(sql, LIMITS)

        assert snapshot(observer) == before


def snapshot(observer: psycopg.Connection[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Returns the shop's rows, and the names of all relations and large objects."""
    return [
        *observer.execute("SELECT c::text FROM customer AS c ORDER BY 1"),
        *observer.execute("SELECT i::text FROM invoice AS i ORDER BY 1"),
        *observer.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"),
        *observer.execute("SELECT oid FROM pg_largeobject_metadata ORDER BY 1"),
        *observer.execute("SELECT last_value FROM s"),
    ]


@pytest.mark.skipif(not CORPUS.exists(), reason=f"the open evaluation data is not there: {CORPUS}")
@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
async def test_no_statement_of_the_refuse_corpus_changes_a_byte_of_a_file(
    opened: Open, sqlite_file: Path, duckdb_file: Path, engine: str
) -> None:
    path = {"sqlite": sqlite_file, "duckdb": duckdb_file}[engine]
    before, files = digest(path), files_around(path)
    database = opened(f"{engine}:///{path}")
    everything = [sql for dialect in ("sqlite", "duckdb", "postgres", "mysql") for sql in from_corpus(dialect)]

    for sql in dict.fromkeys(everything):
        try:
            await database.query(sql, LIMITS)
        except DatabaseError:
            continue

    assert digest(path) == before
    assert files_around(path) == files
