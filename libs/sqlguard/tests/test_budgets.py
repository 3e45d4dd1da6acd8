"""A statement may cost the guard only so much."""

import time

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import Limits, Reason, check

# Shapes that are quadratic, or that recurse once per repetition, in sqlglot's parser or generator.
REPEATED = {
    "brackets": ("SELECT ", "(", "1", ")"),
    "subqueries": ("SELECT * FROM ", "(SELECT * FROM ", "t", ")"),
    "calls": ("SELECT ", "abs(", "1", ")"),
    "cases": ("SELECT ", "CASE WHEN a THEN ", "1", " END"),
    "casts": ("SELECT 1", "::int", "", ""),
    "subscripts": ("SELECT a", "[1]", "", ""),
    "negations": ("SELECT ", "NOT ", "true", ""),
    "signs": ("SELECT ", "- ", "1", ""),
    "dots": ("SELECT a", ".b", "", ""),
    "sums": ("SELECT 1", "+1", "", ""),
    "disjunctions": ("SELECT 1 WHERE a = 1", " OR a = 1", "", ""),
    "unions": ("SELECT 1", " UNION SELECT 1", "", ""),
    "joins": ("SELECT * FROM t", " JOIN t USING (a)", "", ""),
    "concatenations": ("SELECT 'a'", "||'a'", "", ""),
}
# Generous: the slowest of these takes about 0.5 s on one busy core.
_LONGEST_S = 10.0


@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("times", [30, 400, 5_000])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_monstrous_statement_gets_its_verdict_soon(shape: str, times: int, dialect: Dialect) -> None:
    head, opening, core, closing = REPEATED[shape]
    begun = time.perf_counter()

    verdict = check(head + opening * times + core + closing * times, dialect=dialect)

    assert verdict.allowed or verdict.reason is not None
    assert time.perf_counter() - begun < _LONGEST_S


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(max_chars=20), Reason.TOO_LARGE),
        (Limits(max_tokens=5), Reason.TOO_LARGE),
        (Limits(max_nodes=5), Reason.TOO_LARGE),
        (Limits(max_nesting=1), Reason.TOO_DEEP),
    ],
)
def test_each_budget_refuses_with_its_reason(limits: Limits, reason: Reason) -> None:
    sql = "SELECT a FROM t WHERE b IN ((1), 2)"

    assert check(sql, dialect=Dialect.SQLITE).allowed
    assert check(sql, dialect=Dialect.SQLITE, limits=limits).reason is reason


def test_a_long_list_of_values_is_within_the_budgets() -> None:
    values = ", ".join(map(str, range(2_000)))

    assert check(f"SELECT a FROM t WHERE a IN ({values})", dialect=Dialect.SQLITE).allowed
