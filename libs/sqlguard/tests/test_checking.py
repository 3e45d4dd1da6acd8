"""The guard as a whole: what is refused, by which rule, and what runs instead of what was asked."""

import logging
from typing import Final

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Reason, check, screen

SQLITE, DUCKDB, POSTGRES = Dialect.SQLITE, Dialect.DUCKDB, Dialect.POSTGRES
MYSQL: Final = Dialect.MYSQL

NOT_QUERIES = [
    (SQLITE, "ATTACH DATABASE 'other.db' AS other"),
    (SQLITE, "PRAGMA query_only = OFF"),
    (SQLITE, "VACUUM INTO 'copy.db'"),
    (SQLITE, "REINDEX"),
    (SQLITE, "BEGIN"),
    (DUCKDB, "ATTACH 'other.duckdb'"),
    (DUCKDB, "COPY t TO 'out.csv'"),
    (DUCKDB, "INSTALL httpfs"),
    (DUCKDB, "LOAD httpfs"),
    (DUCKDB, "EXPORT DATABASE 'folder'"),
    (DUCKDB, "SET memory_limit = '1TB'"),
    (DUCKDB, "CALL pragma_version()"),
    (DUCKDB, "SUMMARIZE t"),
    (DUCKDB, "PIVOT t ON a USING sum(b)"),
    (POSTGRES, "COPY t TO PROGRAM 'id'"),
    (POSTGRES, "COPY (SELECT 1) TO '/tmp/out'"),
    (POSTGRES, "DO $$ BEGIN PERFORM 1; END $$"),
    (POSTGRES, "CALL procedure()"),
    (POSTGRES, "EXPLAIN ANALYZE SELECT 1"),
    (POSTGRES, "PREPARE p AS SELECT 1"),
    (POSTGRES, "LISTEN channel"),
    (POSTGRES, "VALUES (1)"),
    (POSTGRES, "INSERT INTO t VALUES (1) RETURNING id"),
    (POSTGRES, "/* SELECT */ DELETE FROM t"),
    (MYSQL, "LOAD DATA INFILE 'x' INTO TABLE t"),
    (MYSQL, "HANDLER t OPEN"),
]

CONSTRUCTS = [
    (POSTGRES, "SELECT * INTO copied FROM t"),
    (POSTGRES, "SELECT * FROM t FOR UPDATE"),
    (POSTGRES, "SELECT * FROM t FOR KEY SHARE SKIP LOCKED"),
    (POSTGRES, "WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone"),
    (POSTGRES, "WITH new AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM new"),
    (POSTGRES, "WITH new AS (UPDATE t SET a = 1 RETURNING id) SELECT * FROM new"),
    (POSTGRES, "SELECT 1 OPERATOR(pg_catalog.+) 2"),
    (POSTGRES, "SELECT $1"),
    (POSTGRES, "SELECT 'pg_authid'::regclass"),
    (SQLITE, "SELECT ?"),
    (SQLITE, "SELECT :name"),
    (MYSQL, "SELECT @@version"),
    (MYSQL, "SELECT @a := 1"),
]

FUNCTIONS = [
    (SQLITE, "SELECT load_extension('x')"),
    (SQLITE, "SELECT readfile('/etc/passwd')"),
    (SQLITE, "SELECT writefile('/tmp/x', 'y')"),
    (SQLITE, "SELECT zeroblob(1000000000)"),
    (SQLITE, "SELECT hex(randomblob(1000000000))"),
    (SQLITE, "SELECT * FROM pragma_table_info('t')"),
    (DUCKDB, "SELECT * FROM read_csv('/etc/passwd')"),
    (DUCKDB, "SELECT * FROM read_parquet(['a', 'b'])"),
    (DUCKDB, "SELECT * FROM parquet_scan('a')"),
    (DUCKDB, "SELECT * FROM read_text('a')"),
    (DUCKDB, "SELECT * FROM read_duckdb('a')"),
    (DUCKDB, "SELECT * FROM glob('*')"),
    (DUCKDB, "SELECT * FROM query('SELECT 1')"),
    (DUCKDB, "SELECT * FROM query_table('t')"),
    (DUCKDB, "SELECT * FROM duckdb_secrets()"),
    (DUCKDB, "SELECT * FROM json_execute_serialized_sql('{}')"),
    (DUCKDB, "SELECT getvariable('x')"),
    (DUCKDB, "SELECT current_setting('x')"),
    (DUCKDB, "SELECT getenv('HOME')"),
    (DUCKDB, "SELECT sleep_ms(10000)"),
    (DUCKDB, "SELECT nextval('s')"),
    (DUCKDB, "SELECT '/etc/passwd'.read_text()"),
    (POSTGRES, "SELECT pg_read_file('/etc/passwd')"),
    (POSTGRES, "SELECT PG_READ_FILE('/etc/passwd')"),
    (POSTGRES, "SELECT pg_read_file /* */ ('/etc/passwd')"),
    (POSTGRES, "SELECT \"pg_read_file\"('/etc/passwd')"),
    (POSTGRES, "SELECT pg_catalog.pg_read_file('/etc/passwd')"),
    (POSTGRES, "SELECT * FROM pg_catalog.pg_read_file('/etc/passwd')"),
    (POSTGRES, "SELECT U&\"pg_read_\\0066ile\"('/etc/passwd')"),
    (POSTGRES, "SELECT ('/etc/passwd'::text).pg_read_file"),
    (POSTGRES, "SELECT lo_import('/etc/passwd')"),
    (POSTGRES, "SELECT lo_get(1)"),
    (POSTGRES, "SELECT dblink_exec('host=x', 'DROP TABLE t')"),
    (POSTGRES, "SELECT * FROM dblink('host=x', 'SELECT 1') AS t (a int)"),
    (POSTGRES, "SELECT * FROM public.dblink('host=x', 'SELECT 1') AS t (a int)"),
    (POSTGRES, "SELECT public.lower('A')"),
    (POSTGRES, "SELECT pg_sleep(10)"),
    (POSTGRES, "SELECT pg_advisory_lock(1)"),
    (POSTGRES, "SELECT set_config('statement_timeout', '0', false)"),
    (POSTGRES, "SELECT current_setting('data_directory')"),
    (POSTGRES, "SELECT query_to_xml('DELETE FROM t', true, true, '')"),
    (POSTGRES, "SELECT ts_stat('SELECT 1')"),
    (POSTGRES, "SELECT nextval('s')"),
    (POSTGRES, "SELECT pg_import_system_collations('pg_catalog')"),
    (POSTGRES, "SELECT gin_clean_pending_list('i')"),
    (POSTGRES, "SELECT 1 FROM t ORDER BY pg_sleep(1)"),
    (POSTGRES, "SELECT count(*) FILTER (WHERE pg_sleep(1) IS NULL) FROM t"),
    (POSTGRES, "SELECT sum(a) OVER (ORDER BY lo_unlink(1)) FROM t"),
    (POSTGRES, "SELECT CASE WHEN true THEN pg_reload_conf() END"),
    (POSTGRES, "SELECT 1 LIMIT (SELECT pg_backend_pid())"),
    (MYSQL, "SELECT load_file('/etc/passwd')"),
    (MYSQL, "SELECT benchmark(1000000, md5('x'))"),
    (MYSQL, "SELECT sys_eval('id')"),
]

STATEMENTS = [
    (POSTGRES, "SELECT 1; SELECT 2"),
    (POSTGRES, "SELECT 1; DROP TABLE t"),
    (POSTGRES, "SELECT 1;; DROP TABLE t"),
    (SQLITE, ""),
    (SQLITE, "   -- nothing\n"),
    (SQLITE, ";"),
]

UNPARSEABLE = [
    (POSTGRES, "SELECT FROM WHERE"),
    (POSTGRES, "SELECT 'open"),
    (POSTGRES, "SELECT (1"),
    (SQLITE, "SELECT 1\0"),
    (SQLITE, "SELECT '\ud800'"),
    (MYSQL, "SELECT * FROM t INTO OUTFILE '/tmp/x'"),
]

READS = [
    (SQLITE, "SELECT name, COUNT(*) AS n FROM t GROUP BY 1 HAVING COUNT(*) > 2 ORDER BY n DESC LIMIT 3"),
    (SQLITE, "SELECT * FROM t WHERE name = \"Bob\" AND strftime('%Y', d) = '2020'"),
    (SQLITE, "SELECT t.a ->> '$.b' FROM t JOIN u USING (id) WHERE a GLOB 'x*' OR b IS NOT c"),
    (SQLITE, "SELECT value FROM json_each('[1, 2]')"),
    (SQLITE, "SELECT a FROM t INTERSECT SELECT b FROM u EXCEPT SELECT c FROM v"),
    (SQLITE, "SELECT 1;"),
    (DUCKDB, "FROM t SELECT a, list_transform(l, x -> x + 1) WHERE s.field = 1 QUALIFY row_number() OVER () = 1"),
    (DUCKDB, "SELECT * EXCLUDE (a) FROM t USING SAMPLE 10 ROWS"),
    (DUCKDB, "SELECT [x + 1 FOR x IN l], {'a': 1}.a, MAP {'k': 1}['k'], unnest([1, 2]) FROM t"),
    (DUCKDB, "SELECT i FROM range(10) AS r (i)"),
    (POSTGRES, "SELECT date_trunc('month', d), extract(year FROM d), d + interval '1 day', age(d) FROM t"),
    (POSTGRES, "SELECT array_agg(a ORDER BY b), string_agg(DISTINCT a, ','), (array_agg(a))[1] FROM t"),
    (POSTGRES, "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a), count(*) FILTER (WHERE a > 1) FROM t"),
    (POSTGRES, "SELECT j -> 'a' ->> 'b', j @> '{}', j ? 'k', jsonb_array_length(j) FROM t"),
    (POSTGRES, "SELECT DISTINCT ON (a) a, b FROM t, LATERAL (SELECT c FROM u WHERE u.a = t.a) AS l WHERE a = ANY(b)"),
    (POSTGRES, "SELECT * FROM json_to_recordset('[]') AS x (a int, b text)"),
    (POSTGRES, "SELECT pg_catalog.lower(a), 'x'::mood FROM t"),
    (POSTGRES, "SELECT a FROM t GROUP BY GROUPING SETS ((a), ()) ORDER BY a NULLS LAST FETCH FIRST 5 ROWS ONLY"),
    (POSTGRES, "(SELECT 1) UNION ALL (SELECT 2)"),
    (POSTGRES, 'SELECT "pg_read_file", pg_sleep FROM "select" WHERE note = \'pg_read_file(1)\''),
    (MYSQL, "SELECT DATE_FORMAT(d, '%Y-%m'), IFNULL(a, 0) FROM `t` WHERE d > DATE_SUB(NOW(), INTERVAL 1 DAY)"),
]


LIMITS = [(DUCKDB, "SELECT a FROM t LIMIT (SELECT 5)"), (DUCKDB, "SELECT a FROM t LIMIT 10%")]

# The parser reads these, and the generator cannot write them for the dialect.
UNWRITABLE = [
    (SQLITE, "SELECT lag(a) IGNORE NULLS OVER () FROM t"),
    (SQLITE, "SELECT * FROM t TABLESAMPLE (10 PERCENT)"),
    (DUCKDB, "SELECT json_extract(a, '$..b') FROM t"),
    (POSTGRES, "SELECT json_extract(a, '$[*].b') FROM t"),
    (MYSQL, "SELECT * FROM t NATURAL FULL JOIN u"),
]


@pytest.mark.parametrize(
    ("reason", "dialect", "sql"),
    [
        *((Reason.NOT_A_QUERY, *case) for case in NOT_QUERIES),
        *((Reason.CONSTRUCT_NOT_ALLOWED, *case) for case in CONSTRUCTS),
        *((Reason.FUNCTION_NOT_ALLOWED, *case) for case in FUNCTIONS),
        *((Reason.NOT_ONE_STATEMENT, *case) for case in STATEMENTS),
        *((Reason.UNPARSEABLE, *case) for case in (*UNPARSEABLE, *UNWRITABLE)),
    ],
)
def test_what_is_no_plain_read_is_refused_for_its_reason(reason: Reason, dialect: Dialect, sql: str) -> None:
    verdict = check(sql, dialect=dialect)

    assert (verdict.allowed, verdict.rewritten) == (False, None)
    assert verdict.reason is reason


@pytest.mark.parametrize(("dialect", "sql"), READS)
def test_a_plain_read_is_allowed(dialect: Dialect, sql: str) -> None:
    verdict = check(sql, dialect=dialect)

    assert (verdict.allowed, verdict.reason) == (True, None)


@pytest.mark.parametrize(("dialect", "sql"), READS)
def test_what_runs_passes_the_guard_and_stays_the_same(dialect: Dialect, sql: str) -> None:
    rewritten = check(sql, dialect=dialect).rewritten

    assert rewritten is not None
    assert check(rewritten, dialect=dialect).rewritten == rewritten


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [*NOT_QUERIES, *CONSTRUCTS, *FUNCTIONS, *STATEMENTS, *UNPARSEABLE, *READS, *LIMITS],
)
def test_the_screening_says_the_same_from_one_reading(dialect: Dialect, sql: str) -> None:
    assert screen(sql, dialect=dialect) == check(sql, dialect=dialect).allowed


@pytest.mark.parametrize(("dialect", "sql"), UNWRITABLE)
def test_the_screening_does_not_see_what_cannot_be_written_again(dialect: Dialect, sql: str) -> None:
    assert screen(sql, dialect=dialect)


def test_comments_do_not_reach_the_database() -> None:
    verdict = check("SELECT 1 /* x */ -- ; DROP TABLE t", dialect=POSTGRES)

    assert verdict.rewritten == "SELECT 1 LIMIT 10001"


@pytest.mark.parametrize(
    "sql", ["SELECT 1 /*!50000 , sleep(10) */", "SELECT /*M! 1 */ 2", "SELECT /*!50000 1, LOAD_FILE('x'), */ 2"]
)
def test_a_comment_that_a_server_runs_is_refused(sql: str) -> None:
    assert check(sql, dialect=MYSQL).reason is Reason.EXECUTABLE_COMMENT


def test_the_detail_names_the_function_and_no_literal() -> None:
    verdict = check("SELECT pg_read_file('/etc/shadow') FROM t WHERE a = 's3cret'", dialect=POSTGRES)

    assert "pg_read_file" in verdict.detail
    assert "shadow" not in verdict.detail
    assert "s3cret" not in verdict.detail


def test_a_syntax_error_is_told_by_its_place_and_not_by_its_text() -> None:
    verdict = check("SELECT a FROM t WHERE 's3cret' 's3cret' (", dialect=SQLITE)

    assert "line 1" in verdict.detail
    assert "s3cret" not in verdict.detail


@pytest.mark.parametrize("sql", [sql for _, sql in [*NOT_QUERIES, *CONSTRUCTS, *STATEMENTS, *UNPARSEABLE]])
def test_no_statement_is_logged(sql: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    for dialect in (*Dialect, MYSQL):
        check(sql, dialect=dialect)

    assert caplog.records == []
