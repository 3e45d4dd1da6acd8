"""The engine layer alone, the guard not asked: no statement changes a byte or reaches outside the database."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from rowcall_databases import Database, DatabaseError, QueryLimits, StatementRefused
from rowcall_databases.mysql_connection import MysqlConnection
from rowcall_databases.testing import PostgresServer
from tools.testing.mysql_server import MysqlServer

Open = Callable[[str], Database]

LIMITS = QueryLimits(timeout_s=2)
BRIEFLY = QueryLimits(timeout_s=0.2)
"""For a corpus, of which some statements sleep until they are stopped."""
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

OUTFILE = Path("/tmp/rowcall-outfile")
MYSQL_ESCAPES = [
    "REPLACE INTO customer (id, name) VALUES (9, 'x')",
    "TRUNCATE TABLE customer",
    "RENAME TABLE customer TO other",
    f"SELECT 1 INTO OUTFILE '{OUTFILE}'",
    f"SELECT 1 INTO DUMPFILE '{OUTFILE}'",
    f"SELECT 1 /*! INTO OUTFILE '{OUTFILE}' */",
    f"SELECT 1 /*M! INTO OUTFILE '{OUTFILE}' */",
    "SELECT 1 INTO @x",
    f"SELECT 1) UNION (SELECT 1 INTO OUTFILE '{OUTFILE}'",
    "SELECT 1) -- ",
    "SELECT 1 /*",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE customer",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE customer",
    "SET GLOBAL read_only = 0",
    "SET SESSION TRANSACTION READ WRITE",
    "SET sql_mode = 'NO_BACKSLASH_ESCAPES'",
    "START TRANSACTION READ WRITE",
    "LOCK TABLES customer WRITE",
    "FLUSH TABLES",
    "KILL 1",
    "CALL add_customer()",
    "DO sleep(0)",
    "HANDLER customer OPEN",
    "PREPARE p FROM 'DELETE FROM customer'",
    "EXECUTE IMMEDIATE 'DELETE FROM customer'",
    "EXPLAIN DELETE FROM customer",
    "SHOW GRANTS",
    "USE mysql",
    "CREATE TEMPORARY TABLE other (a int)",
    "SELECT * FROM customer FOR UPDATE",
    "SELECT nextval(s)",
    "SELECT added_customer()",
    "GRANT ALL ON *.* TO someone",
]
MYSQL_PROGRAMS = """
CREATE FUNCTION added_customer() RETURNS int MODIFIES SQL DATA
BEGIN INSERT INTO customer (id, name) VALUES (9, 'x'); RETURN 1; END;
CREATE PROCEDURE add_customer() INSERT INTO customer (id, name) VALUES (9, 'x');
"""


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


@pytest.fixture(scope="module")
def mysql_programs(mysql_server: MysqlServer, shop_script: str) -> Iterator[str]:
    """A shop that also has a sequence and programs that write."""
    with mysql_server.database(shop_script + MYSQL_PROGRAMS) as name:
        if mysql_server.is_mariadb:
            mysql_server.run("CREATE SEQUENCE s", name)
        yield name


@pytest.mark.parametrize("sql", WRITES + MYSQL_ESCAPES)
async def test_mysql_refuses_to_write(opened: Open, mysql_server: MysqlServer, mysql_programs: str, sql: str) -> None:
    before = mysql_snapshot(mysql_server, mysql_programs)

    with pytest.raises(DatabaseError):
        await opened(mysql_server.uri(mysql_programs)).query(sql, LIMITS)

    assert mysql_snapshot(mysql_server, mysql_programs) == before
    assert not OUTFILE.exists()  # noqa: ASYNC240 - asked once


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO customer (id, name) VALUES (9, 'x')",
        "DELETE FROM invoice",
        "DROP TABLE invoice",
        "TRUNCATE TABLE invoice",
        "CREATE TABLE other (a int)",
        "CREATE TEMPORARY TABLE other (a int)",
        "ALTER TABLE customer ADD COLUMN x int",
        "RENAME TABLE customer TO other",
        "CALL add_customer()",
        "SELECT added_customer()",
    ],
)
async def test_a_mysql_session_is_read_only_even_if_the_parser_were_not_asked(
    opened: Open, mysql_server: MysqlServer, mysql_programs: str, monkeypatch: pytest.MonkeyPatch, sql: str
) -> None:
    monkeypatch.setattr(MysqlConnection, "require_query", lambda self, sql: None)
    before = mysql_snapshot(mysql_server, mysql_programs)

    with pytest.raises(StatementRefused):
        await opened(mysql_server.uri(mysql_programs)).query(sql, LIMITS)

    assert mysql_snapshot(mysql_server, mysql_programs) == before


def mysql_snapshot(server: MysqlServer, database: str) -> list[tuple[object, ...]]:
    """Returns the shop's rows and the names of all its tables."""
    questions = (
        "SELECT * FROM customer ORDER BY id",
        "SELECT * FROM invoice ORDER BY id",
        "SELECT table_name FROM information_schema.tables WHERE table_schema = database() ORDER BY 1",
    )
    found: list[tuple[object, ...]] = []
    with server.connect(database) as connection, connection.cursor() as cursor:
        for question in questions:
            cursor.execute(question)
            found += cursor.fetchall()
    return found


@pytest.mark.skipif(not CORPUS.exists(), reason=f"the open evaluation data is not there: {CORPUS}")
async def test_no_statement_of_the_refuse_corpus_writes_to_mysql(
    opened: Open, mysql_server: MysqlServer, mysql_programs: str
) -> None:
    before = mysql_snapshot(mysql_server, mysql_programs)
    database = opened(mysql_server.uri(mysql_programs))

    for sql in dict.fromkeys(from_corpus("mysql")):
        try:
            await database.query(sql, BRIEFLY)
        except DatabaseError:
            continue

    assert mysql_snapshot(mysql_server, mysql_programs) == before


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
            await database.query(sql, BRIEFLY)
        except DatabaseError:
            continue

    assert digest(path) == before
    assert files_around(path) == files
