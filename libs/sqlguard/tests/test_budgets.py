"""A statement may cost the guard only so much."""

import time

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_contracts.column_policy import ColumnPolicy, ProtectedTable
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
    "commas": ("SELECT * FROM t AS a", ", t AS b", "", ""),
    "conjunctions": ("SELECT 1 FROM t AS a, t AS b WHERE a.x = b.x", " AND a.x = b.x", "", ""),
    "common tables": ("WITH a AS (SELECT 1)", ", b AS (SELECT * FROM a)", " SELECT * FROM a", ""),
    "columns": ("SELECT x", ", x", " FROM t", ""),
    "correlations": ("SELECT 1 FROM t WHERE ", "EXISTS (SELECT 1 FROM t WHERE ", "x = 1", ")"),
}
POLICY = ColumnPolicy(protected=(ProtectedTable(table="t", deny=("secret",)),))

# Generous: the slowest of these takes about 0.5 s on one busy core.
_LONGEST_S = 10.0
# Of processor time; some take 0.5 s on a quiet machine, and three times that on a slow one.
_LONGEST_WORK_S = 5.0


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
        (Limits(max_selects=0), Reason.TOO_LARGE),
    ],
)
def test_each_budget_refuses_with_its_reason(limits: Limits, reason: Reason) -> None:
    sql = "SELECT a FROM t WHERE b IN ((1), 2)"

    assert check(sql, dialect=Dialect.SQLITE).allowed
    assert check(sql, dialect=Dialect.SQLITE, limits=limits).reason is reason


@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("dialect", list(Dialect))
def test_a_hundred_kilobytes_get_their_verdict_within_a_second(shape: str, dialect: Dialect) -> None:
    head, opening, core, closing = REPEATED[shape]
    times = 100_000 // len(opening + closing)
    begun = time.process_time()

    verdict = check(head + opening * times + core + closing * times, dialect=dialect, policy=POLICY)

    assert verdict.reason is Reason.TOO_LARGE
    assert time.process_time() - begun < _LONGEST_WORK_S


@pytest.mark.parametrize("shape", REPEATED)
@pytest.mark.parametrize("times", [8, 35, 150, 1_300])
def test_a_policy_makes_no_shape_expensive(shape: str, times: int) -> None:
    head, opening, core, closing = REPEATED[shape]
    begun = time.process_time()

    verdict = check(head + opening * times + core + closing * times, dialect=Dialect.SQLITE, policy=POLICY)

    assert verdict.allowed or verdict.reason is not None
    assert time.process_time() - begun < _LONGEST_WORK_S


def test_a_long_list_of_values_is_within_the_budgets() -> None:
    values = ", ".join(map(str, range(2_000)))

    assert check(f"SELECT a FROM t WHERE a IN ({values})", dialect=Dialect.SQLITE).allowed
