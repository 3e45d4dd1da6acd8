"""Spans of days, counted from a Monday in June."""

from datetime import date

import pytest

from rowcall_sqlgen.engine.relative_spans import Span
from rowcall_sqlgen.engine.time_spans import read_span
from rowcall_sqlgen.engine.words import words

TODAY = date(2025, 6, 16)
TOMORROW = date(2025, 6, 17)


def read(text: str) -> Span:
    """Reads a text that is a span and nothing else."""
    said = [word.lower for word in words(text)]
    found = read_span(said, TODAY)
    assert found is not None
    assert found[1] == len(said)
    return found[0]


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("the last 30 days", date(2025, 5, 17), TOMORROW),
        ("the past 7 days, inclusive of today's date", date(2025, 6, 9), TOMORROW),
        ("the past 8 weeks", date(2025, 4, 21), TOMORROW),
        ("the last three months", date(2025, 3, 16), TOMORROW),
        ("the last 2 quarters", date(2024, 12, 16), TOMORROW),
        ("the past year", date(2024, 6, 16), TOMORROW),
        ("the past month, inclusive of 1 month ago", date(2025, 5, 16), TOMORROW),
        ("the last week including today", date(2025, 6, 9), TOMORROW),
        ("year to date", date(2025, 1, 1), TOMORROW),
    ],
)
def test_a_number_of_units_and_the_past_one_end_today(text: str, first: date, after: date) -> None:
    assert read(text) == Span(first, after)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("the last 2 months excluding the current month", date(2025, 4, 1), date(2025, 6, 1)),
        ("the last 8 calendar weeks (excluding the current week)", date(2025, 4, 21), TODAY),
        ("the whole of the previous ISO week not including the current week", date(2025, 6, 9), TODAY),
        ("the previous month", date(2025, 5, 1), date(2025, 6, 1)),
        ("last quarter", date(2025, 1, 1), date(2025, 4, 1)),
        ("last year", date(2024, 1, 1), date(2025, 1, 1)),
        ("this week", TODAY, date(2025, 6, 23)),
        ("the current quarter", date(2025, 4, 1), date(2025, 7, 1)),
        ("yesterday", date(2025, 6, 15), TODAY),
    ],
)
def test_a_named_unit_and_one_beside_the_current_are_whole(text: str, first: date, after: date) -> None:
    assert read(text) == Span(first, after)


@pytest.mark.parametrize(
    ("text", "first", "after"),
    [
        ("March 2023", date(2023, 3, 1), date(2023, 4, 1)),
        ("the month of April 2021", date(2021, 4, 1), date(2021, 5, 1)),
        ("Q1 2023", date(2023, 1, 1), date(2023, 4, 1)),
        ("the fourth quarter of 2023", date(2023, 10, 1), date(2024, 1, 1)),
        ("the second half of 2023", date(2023, 7, 1), date(2024, 1, 1)),
        ("between June 2021 and December 2021", date(2021, 6, 1), date(2022, 1, 1)),
        ("between May and July 2013", date(2013, 5, 1), date(2013, 8, 1)),
        ("from 2023-06-01 to 2023-06-08", date(2023, 6, 1), date(2023, 6, 9)),
        ("between 2023-06-01 inclusive and 2023-06-08 exclusive", date(2023, 6, 1), date(2023, 6, 8)),
        ("since June 2021", date(2021, 6, 1), None),
        ("after June 2021", date(2021, 7, 1), None),
        ("before 2023-06-08", None, date(2023, 6, 8)),
        ("until May 2023", None, date(2023, 6, 1)),
    ],
)
def test_named_dates_are_read_with_both_ends_or_one(text: str, first: date | None, after: date | None) -> None:
    assert read(text) == Span(first, after)


@pytest.mark.parametrize("text", ["2023", "the year 2023", "before 2023", "between 2022 and 2023 (both inclusive)"])
def test_years_are_known_as_such(text: str) -> None:
    assert read(text).only_years


@pytest.mark.parametrize(
    "text",
    ["last name", "the last 5 customers", "between 100 and 200", "the order", "this flight", "from JFK to LGA", ""],
)
def test_other_words_are_no_span(text: str) -> None:
    assert read_span([word.lower for word in words(text)], TODAY) is None


def test_a_span_longer_than_the_calendar_begins_with_it() -> None:
    assert read("the last 99999999999 years").first == date.min
