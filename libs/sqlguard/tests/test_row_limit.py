"""The LIMIT that is put on every query."""

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Limits, Reason, check

LIMITS = Limits(max_rows=100)


@pytest.mark.parametrize(
    ("sql", "rewritten"),
    [
        ("SELECT a FROM t", "SELECT a FROM t LIMIT 100"),
        ("SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT 5"),
        ("SELECT a FROM t LIMIT 100 OFFSET 7", "SELECT a FROM t LIMIT 100 OFFSET 7"),
        ("SELECT a FROM t LIMIT 101", "SELECT a FROM t LIMIT 100"),
        ("SELECT a FROM t LIMIT ALL", "SELECT a FROM t LIMIT 100"),
        ("SELECT a FROM t LIMIT NULL", "SELECT a FROM t LIMIT 100"),
        ("SELECT a FROM t FETCH FIRST 5 ROWS ONLY", "SELECT a FROM t FETCH FIRST 5 ROWS ONLY"),
        ("SELECT a FROM t FETCH FIRST 500 ROWS ONLY", "SELECT a FROM t LIMIT 100"),
        ("SELECT a FROM t UNION SELECT b FROM u", "SELECT a FROM t UNION SELECT b FROM u LIMIT 100"),
        ("(SELECT a FROM t LIMIT 500)", "(SELECT a FROM t LIMIT 500) LIMIT 100"),
        ("(SELECT a FROM t LIMIT 500) UNION (SELECT 1)", "(SELECT a FROM t LIMIT 500) UNION (SELECT 1) LIMIT 100"),
        ("WITH c AS (SELECT 1) SELECT * FROM c", "WITH c AS (SELECT 1) SELECT * FROM c LIMIT 100"),
        ("SELECT * FROM (SELECT a FROM t LIMIT 500) AS x", "SELECT * FROM (SELECT a FROM t LIMIT 500) AS x LIMIT 100"),
    ],
)
def test_a_query_gets_the_limit_unless_its_own_is_smaller(sql: str, rewritten: str) -> None:
    assert check(sql, dialect=Dialect.POSTGRES, limits=LIMITS).rewritten == rewritten


def test_a_negative_limit_is_none_in_sqlite() -> None:
    verdict = check("SELECT a FROM t LIMIT -1", dialect=Dialect.SQLITE, limits=LIMITS)

    assert verdict.rewritten == "SELECT a FROM t LIMIT 100"


@pytest.mark.parametrize("limit", ["(SELECT 5)", "1 + 1", "a", "10%"])
def test_a_limit_that_is_no_number_is_refused(limit: str) -> None:
    verdict = check(f"SELECT a FROM t LIMIT {limit}", dialect=Dialect.DUCKDB)

    assert verdict.reason in {Reason.LIMIT_NOT_LITERAL, Reason.UNPARSEABLE}


@pytest.mark.parametrize(
    ("sql", "meant"),
    [
        ("SELECT a FROM t", "SELECT a FROM t"),
        ("select  a from t -- all of it", "SELECT a FROM t"),
        ("SELECT a FROM t LIMIT 5", "SELECT a FROM t LIMIT 5"),
        ("SELECT a FROM t LIMIT 500", "SELECT a FROM t LIMIT 500"),
        ("SELECT a FROM t UNION SELECT b FROM u", "SELECT a FROM t UNION SELECT b FROM u"),
    ],
)
def test_what_was_meant_has_only_the_limit_that_was_asked_for(sql: str, meant: str) -> None:
    assert check(sql, dialect=Dialect.POSTGRES, limits=LIMITS).meant == meant


def test_a_refused_statement_means_nothing() -> None:
    assert check("DELETE FROM t", dialect=Dialect.POSTGRES).meant is None
