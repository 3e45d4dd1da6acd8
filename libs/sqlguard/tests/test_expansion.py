"""Little SQL that makes much data."""

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Limits, Reason, check

SQLITE, DUCKDB, POSTGRES = Dialect.SQLITE, Dialect.DUCKDB, Dialect.POSTGRES


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        (POSTGRES, "SELECT repeat('x', 1000000000)"),
        (POSTGRES, "SELECT repeat(repeat('x', 30000), 30000)"),
        (POSTGRES, "SELECT repeat(y, 30000) FROM (SELECT repeat('x', 30000) AS y) AS s"),
        (POSTGRES, "SELECT repeat('x', length(a)) FROM t"),
        (POSTGRES, "SELECT repeat('x', 10 * 1000000000)"),
        (POSTGRES, "SELECT lpad('x', 1000000000)"),
        (POSTGRES, "SELECT repeat(rpad('x', 100000), 1000)"),
        (POSTGRES, "SELECT replace(replace(a, 'a', 'aaaaaaaa'), 'a', repeat('b', 9999)) FROM generate_series(1, 999)"),
        (POSTGRES, "SELECT * FROM generate_series(1, 1000000000)"),
        (POSTGRES, "SELECT * FROM generate_series(1, 9999) AS a, generate_series(1, 9999) AS b"),
        (POSTGRES, "SELECT * FROM generate_series(1, (SELECT max(id) FROM t))"),
        (POSTGRES, "SELECT * FROM generate_series('0001-01-01'::timestamp, 'infinity', '1 second')"),
        (POSTGRES, "SELECT format('%1000000000s', 'x')"),
        (POSTGRES, "SELECT format(a, 'x') FROM t"),
        (SQLITE, "SELECT printf('%1000000000d', 1)"),
        (SQLITE, "SELECT printf('%.*c', 1000000000, 'x')"),
        (SQLITE, "SELECT format('%1000000000d', 1)"),
        (DUCKDB, "SELECT * FROM range(1000000000)"),
        (DUCKDB, "SELECT unnest(range(0, 1000000000, 1))"),
        (DUCKDB, "SELECT format('{:1000000000}', 1)"),
        (DUCKDB, "SELECT bar(1, 0, 2, 1000000000)"),
        (Dialect.MYSQL, "SELECT space(1000000000)"),
    ],
)  # fmt: skip
def test_an_expansion_beyond_the_budget_is_refused(dialect: Dialect, sql: str) -> None:
    assert check(sql, dialect=dialect).reason is Reason.EXPANSION_TOO_LARGE


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        (POSTGRES, "SELECT lpad(a, 2, '0'), lpad(b, 10, '0'), rpad(c, 10), repeat('-', 20) FROM t"),
        (POSTGRES, "SELECT * FROM generate_series(1, 366) AS d, generate_series(0, 23) AS h"),
        (POSTGRES, "SELECT * FROM generate_series((SELECT min(d) FROM t), now(), interval '1 day')"),
        (POSTGRES, "SELECT generate_series(a, b, '2 hours'::interval) FROM t"),
        (POSTGRES, "SELECT * FROM generate_series(10, -10, -1)"),
        (POSTGRES, "SELECT format('%s: %5s', a, b) FROM t"),
        (SQLITE, "SELECT printf('%.2f', a), replace(b, ',', '.') FROM t"),
        (DUCKDB, "SELECT * FROM range(date '2020-01-01', date '2025-01-01', interval 1 month)"),
    ],
)
def test_everyday_paddings_and_series_are_allowed(dialect: Dialect, sql: str) -> None:
    assert check(sql, dialect=dialect).allowed


def test_the_budget_is_the_callers() -> None:
    sql = "SELECT repeat('x', 100)"

    assert check(sql, dialect=POSTGRES, limits=Limits(max_expansion=100)).allowed
    assert not check(sql, dialect=POSTGRES, limits=Limits(max_expansion=99)).allowed
