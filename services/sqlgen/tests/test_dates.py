"""Periods in a question."""

from datetime import date

import pytest

from rowcall_sqlgen.engine.dates import Period, read_period

TODAY = date(2024, 3, 15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013", (Period(2013), 1)),
        ("january 2013", (Period(2013, 1), 2)),
        ("march", (Period(month=3), 1)),
        ("may 5 , 2013", (Period(2013, 5, 5), 4)),
        ("1st of june 2012", (Period(2012, 6, 1), 4)),
        ("2013-02-28", (Period(2013, 2, 28), 1)),
        ("yesterday", (Period(2024, 3, 14), 1)),
        ("last year", (Period(2023), 2)),
        ("this month", (Period(2024, 3), 2)),
        ("last month", (Period(2024, 2), 2)),
        ("last 30 days", (Period(2024, 2, 14, until=date(2024, 3, 16)), 3)),
        ("1000", None),
        ("2013-02-30", None),
        ("2013-13-01", None),
        ("flights", None),
    ],
)
def test_periods_are_read_from_the_start(text: str, expected: tuple[Period, int] | None) -> None:
    assert read_period(text.split(), TODAY) == expected


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        (Period(2013), date(2013, 1, 1), date(2014, 1, 1)),
        (Period(2012, 2), date(2012, 2, 1), date(2012, 3, 1)),
        (Period(2012, 12), date(2012, 12, 1), date(2013, 1, 1)),
        (Period(2012, 2, 29), date(2012, 2, 29), date(2012, 3, 1)),
    ],
)
def test_periods_are_half_open(period: Period, first: date, after: date) -> None:
    assert (period.first, period.after) == (first, after)


def test_month_without_a_year_has_no_ends() -> None:
    assert Period(month=5).first is None
    assert Period(month=5).after is None


def test_a_span_longer_than_the_calendar_does_not_overflow() -> None:
    assert read_period(["last", "99999999999", "weeks"], TODAY) is not None
