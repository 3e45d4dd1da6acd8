"""A statement may cost the guard only so much."""

import time
from statistics import median

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_contracts.column_policy import ColumnPolicy, ProtectedTable
from rowcall_sqlguard import Limits, Reason, Verdict, check

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
    "commas": ("SELECT * FROM t AS a", ", t AS b", "", ""),
    "conjunctions": ("SELECT 1 FROM t AS a, t AS b WHERE a.x = b.x", " AND a.x = b.x", "", ""),
    "common tables": ("WITH a AS (SELECT 1)", ", b AS (SELECT * FROM a)", " SELECT * FROM a", ""),
    "columns": ("SELECT x", ", x", " FROM t", ""),
    "correlations": ("SELECT 1 FROM t WHERE ", "EXISTS (SELECT 1 FROM t WHERE ", "x = 1", ")"),
}
POLICY = ColumnPolicy(protected=(ProtectedTable(table="t", deny=("secret",)),))

PLAIN = "SELECT " + ", ".join(["x"] * 500) + " FROM t"

# In times what a plain statement of 1.5 kB costs on the same core; the costliest of these shapes takes 8 times that.
MOST = 40.0
MOST_OF_TOO_LARGE = 2.0


@pytest.fixture(scope="module")
def plain_s() -> float:
    """Processor seconds of a plain statement's verdict."""
    return median(_work_s(PLAIN, Dialect.SQLITE)[1] for _ in range(5))


def _work_s(sql: str, dialect: Dialect) -> tuple[Verdict, float]:
    begun = time.process_time()
    verdict = check(sql, dialect=dialect, policy=POLICY)
    return verdict, time.process_time() - begun


@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("times", [35, 150, 1_300, 5_000])
@pytest.mark.parametrize("dialect", list(Dialect))
def test_no_repetition_makes_a_verdict_expensive(shape: str, times: int, dialect: Dialect, plain_s: float) -> None:
    head, opening, core, closing = REPEATED[shape]

    verdict, work_s = _work_s(head + opening * times + core + closing * times, dialect)

    assert verdict.allowed or verdict.reason is not None
    assert work_s < MOST * plain_s


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(max_chars=20), Reason.TOO_LARGE),
        (Limits(max_tokens=5), Reason.TOO_LARGE),
        (Limits(max_nodes=5), Reason.TOO_LARGE),
        (Limits(max_nesting=1), Reason.TOO_DEEP),
        (Limits(max_selects=0), Reason.TOO_LARGE),
    ],
)
def test_each_budget_refuses_with_its_reason(limits: Limits, reason: Reason) -> None:
    sql = "SELECT a FROM t WHERE b IN ((1), 2)"

    assert check(sql, dialect=Dialect.SQLITE).allowed
    assert check(sql, dialect=Dialect.SQLITE, limits=limits).reason is reason


@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_hundred_kilobytes_are_refused_before_they_cost(shape: str, dialect: Dialect, plain_s: float) -> None:
    head, opening, core, closing = REPEATED[shape]
    times = 100_000 // len(opening + closing)

    verdict, work_s = _work_s(head + opening * times + core + closing * times, dialect)

    assert verdict.reason is Reason.TOO_LARGE
    assert work_s < MOST_OF_TOO_LARGE * plain_s


def test_a_long_list_of_values_is_within_the_budgets() -> None:
    values = ", ".join(map(str, range(2_000)))

    assert check(f"SELECT a FROM t WHERE a IN ({values})", dialect=Dialect.SQLITE).allowed
