"""Joins without a condition are counted, and multiplied where the sizes are known."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Dialect, Table
from rowcall_sqlguard import Limits, Reason, check

SIZES = Catalog(
    dialect=Dialect.SQLITE,
    fingerprint="x",
    tables=(
        Table(name="big", columns=(), row_count=1_000_000),
        Table(name="large", columns=(), row_count=1_000_000),
        Table(name="small", columns=(), row_count=10),
        Table(name="unknown", columns=()),
    ),
    profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM a, b, c, d, e",
        "SELECT 1 FROM a CROSS JOIN b CROSS JOIN c CROSS JOIN d CROSS JOIN e",
        "SELECT 1 FROM a JOIN b ON 1 = 1 JOIN c ON true JOIN d ON a.x > 0 JOIN e ON e.x = 1",
        "SELECT 1 FROM a AS t1, a AS t2, a AS t3, a AS t4, a AS t5 WHERE t1.x = t1.y",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM a, b, c) AND EXISTS (SELECT 1 FROM a, b, c)",
    ],
)
def test_many_joins_without_a_condition_are_refused(sql: str) -> None:
    assert check(sql, dialect=Dialect.SQLITE).reason is Reason.CROSS_JOIN_TOO_LARGE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM a, b, c, d",
        "SELECT 1 FROM a, b, c, d, e, f WHERE a.x = b.x AND b.x = c.x AND c.x = d.x AND d.x = e.x AND e.x = f.x",
        "SELECT 1 FROM a, b, c, d, e WHERE x = y",
        "SELECT 1 FROM a JOIN b USING (x) JOIN c USING (x) JOIN d USING (x) JOIN e USING (x) JOIN f USING (x)",
        "SELECT 1 FROM a JOIN b ON (a.x = b.x AND (b.y = 1)) JOIN c ON c.x = b.x, e, f WHERE e.x = f.x",
    ],
)
def test_connected_relations_are_not_counted(sql: str) -> None:
    assert check(sql, dialect=Dialect.SQLITE).allowed


@pytest.mark.parametrize(
    ("sql", "allowed"),
    [
        ("SELECT 1 FROM big, large", False),
        ("SELECT 1 FROM big, large WHERE big.x = large.x", True),
        ("SELECT 1 FROM big, small", True),
        ("SELECT 1 FROM big, unknown", True),
        ("SELECT 1 FROM big JOIN large ON big.x = large.x, small", True),
        ("SELECT 1 FROM big JOIN small ON big.x = small.x CROSS JOIN large", False),
        ("SELECT 1 FROM small CROSS JOIN (SELECT 1 FROM big, large) AS x", False),
    ],
)
def test_known_sizes_multiply(sql: str, allowed: bool) -> None:
    verdict = check(sql, dialect=Dialect.SQLITE, catalog=SIZES)

    assert verdict.reason is (None if allowed else Reason.CROSS_JOIN_TOO_LARGE)


def test_the_limits_are_settings() -> None:
    strict = Limits(max_cross_joins=0)

    assert check("SELECT 1 FROM a, b", dialect=Dialect.SQLITE).allowed
    assert check("SELECT 1 FROM a, b", dialect=Dialect.SQLITE, limits=strict).reason is Reason.CROSS_JOIN_TOO_LARGE
    assert not check(
        "SELECT 1 FROM big, small", dialect=Dialect.SQLITE, limits=Limits(max_cross_rows=1), catalog=SIZES
    ).allowed
