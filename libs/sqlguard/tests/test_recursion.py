"""Recursive common table expressions need a bound."""

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Reason, check

COUNTER = "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c{bound}) SELECT count(*) FROM c"


@pytest.mark.parametrize("bound", ["", " WHERE n <> 5", " WHERE n < 1000000000", " WHERE n < m", " ORDER BY 1"])
def test_a_recursion_without_a_small_bound_is_refused(bound: str) -> None:
    verdict = check(COUNTER.format(bound=bound), dialect=Dialect.POSTGRES)

    assert verdict.reason is Reason.RECURSION_UNBOUNDED


@pytest.mark.parametrize("bound", [" WHERE n < 100", " WHERE n BETWEEN 1 AND 10", " WHERE 10 >= n"])
def test_a_counter_compared_with_a_literal_is_a_bound(bound: str) -> None:
    assert check(COUNTER.format(bound=bound), dialect=Dialect.POSTGRES).allowed


def test_a_limit_inside_is_a_bound() -> None:
    assert check(COUNTER.format(bound=" LIMIT 100"), dialect=Dialect.SQLITE).allowed
    assert not check(COUNTER.format(bound=" LIMIT 1000000000"), dialect=Dialect.SQLITE).allowed


def test_a_limit_outside_is_no_bound() -> None:
    assert not check(COUNTER.format(bound="") + " LIMIT 5", dialect=Dialect.SQLITE).allowed


def test_sqlite_recurses_without_the_word() -> None:
    sql = COUNTER.format(bound="").replace("RECURSIVE ", "")

    assert check(sql, dialect=Dialect.SQLITE).reason is Reason.RECURSION_UNBOUNDED
    assert check(sql, dialect=Dialect.POSTGRES).allowed  # there c is a table of that name


def test_a_walk_through_a_hierarchy_ends_when_union_removes_duplicates() -> None:
    walk = "SELECT id FROM staff WHERE boss IS NULL UNION{all} SELECT s.id FROM staff AS s JOIN w ON s.boss = w.id"
    sql = f"WITH RECURSIVE w AS ({walk}) SELECT * FROM w"

    assert check(sql.format(all=""), dialect=Dialect.POSTGRES).allowed
    assert check(sql.format(all=" ALL"), dialect=Dialect.POSTGRES).reason is Reason.RECURSION_UNBOUNDED
