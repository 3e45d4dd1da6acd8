"""System tables, files as tables, and the catalog as the list of tables that may be read."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Dialect, Table
from rowcall_sqlguard import Reason, check, screen

SQLITE, DUCKDB, POSTGRES = Dialect.SQLITE, Dialect.DUCKDB, Dialect.POSTGRES

SHOP = Catalog(
    dialect=POSTGRES,
    fingerprint="x",
    tables=(
        Table(name="Customer", columns=()),
        Table(name="invoice", namespace="sales", columns=()),
        Table(name="pg_shadow", columns=()),
    ),
    profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        (POSTGRES, "SELECT * FROM pg_shadow"),
        (POSTGRES, 'SELECT * FROM "pg_authid"'),
        (POSTGRES, "SELECT 1 WHERE EXISTS (SELECT 1 FROM pg_user)"),
        (POSTGRES, "SELECT * FROM pg_catalog.pg_class"),
        (POSTGRES, "SELECT * FROM information_schema.tables"),
        (POSTGRES, "SELECT * FROM pg_toast.pg_toast_16384"),
        (POSTGRES, "SELECT * FROM pg_temp_3.t"),
        (POSTGRES, "WITH a AS (SELECT 1) SELECT * FROM pg_stats"),
        (POSTGRES, "SELECT * FROM pg_shadow, (WITH pg_shadow AS (SELECT 1) SELECT * FROM pg_shadow) AS x"),
        (POSTGRES, "WITH a AS (SELECT * FROM pg_shadow), pg_shadow AS (SELECT 1) SELECT * FROM a"),
        (POSTGRES, "WITH pg_shadow AS (SELECT * FROM pg_shadow) SELECT * FROM pg_shadow"),
        (POSTGRES, "WITH pg_shadow AS (SELECT 1) SELECT * FROM pg_catalog.pg_shadow"),
        (SQLITE, "SELECT * FROM sqlite_master"),
        (SQLITE, "SELECT * FROM main.sqlite_schema"),
        (SQLITE, "SELECT * FROM pragma_database_list"),
        (SQLITE, "SELECT * FROM sqlite_dbpage"),
        (SQLITE, "SELECT * FROM dbstat"),
        (DUCKDB, "SELECT * FROM duckdb_settings"),
        (DUCKDB, "SELECT * FROM pg_tables"),
        (DUCKDB, "SELECT * FROM sqlite_master"),
        (Dialect.MYSQL, "SELECT * FROM mysql.user"),
        (Dialect.MYSQL, "SELECT * FROM performance_schema.threads"),
    ],
)
def test_the_systems_tables_are_refused(dialect: Dialect, sql: str) -> None:
    assert check(sql, dialect=dialect).reason is Reason.SYSTEM_TABLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM 'file.csv'",
        'SELECT * FROM "file.csv"',
        "SELECT a.x FROM '/etc/passwd' AS a",
        "SELECT * FROM 'https://example.com/x'",
        "SELECT * FROM 's3://bucket/x'",
        "SELECT * FROM t JOIN '*.parquet' AS f USING (id)",
        'SELECT * FROM "folder/file".main.t',
    ],
)
def test_a_file_as_a_table_is_refused(sql: str) -> None:
    assert check(sql, dialect=DUCKDB).reason is Reason.FILE_AS_TABLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM pg_sleep_log",
        "WITH pg_shadow AS (SELECT 1 AS a) SELECT * FROM pg_shadow",
        "WITH RECURSIVE pg_am (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM pg_am WHERE n < 3) SELECT n FROM pg_am",
        "WITH pg_class AS (SELECT 1 AS a), b AS (SELECT * FROM pg_class) SELECT * FROM b",
        "WITH pg_class AS (SELECT 1 AS a) SELECT * FROM (SELECT * FROM pg_class) AS x",
    ],
)
def test_a_name_that_only_looks_like_the_systems_is_allowed(sql: str) -> None:
    assert check(sql, dialect=POSTGRES).allowed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM customer",
        "SELECT * FROM public.customer",
        "SELECT * FROM sales.invoice",
        "SELECT * FROM invoice",
        "WITH c AS (SELECT * FROM customer) SELECT * FROM c",
        "SELECT * FROM pg_shadow",
        "SELECT * FROM generate_series(1, 3) AS g (i)",
    ],
)
def test_with_a_catalog_its_tables_may_be_read(sql: str) -> None:
    assert check(sql, dialect=POSTGRES, catalog=SHOP).allowed
    assert screen(sql, dialect=POSTGRES, catalog=SHOP)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELECT * FROM employee", Reason.TABLE_NOT_ALLOWED),
        ("SELECT * FROM other.invoice", Reason.TABLE_NOT_ALLOWED),
        ("SELECT * FROM pg_catalog.pg_shadow", Reason.SYSTEM_TABLE),
        ("SELECT 1 FROM customer WHERE id IN (SELECT id FROM employee)", Reason.TABLE_NOT_ALLOWED),
    ],
)
def test_with_a_catalog_other_tables_are_refused(sql: str, reason: Reason) -> None:
    assert check(sql, dialect=POSTGRES, catalog=SHOP).reason is reason
    assert not screen(sql, dialect=POSTGRES, catalog=SHOP)
