import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell, ResultType
from rowcall_summarizer.narration import narrate
from services.summarizer.tests.executed import (
    BOOLEAN,
    DATE,
    DECIMAL,
    FLOAT,
    INTEGER,
    NULL,
    TEXT,
    TIMESTAMP,
    Columns,
    executed,
)

COUNT_FLIGHTS = "SELECT COUNT(*) AS flight_count FROM flights"


def answer(result: Executed, question: str = "?") -> str:
    return narrate(question, result).answer


@pytest.mark.parametrize(
    ("columns", "cell", "expected"),
    [
        ({"avg_arr_delay": FLOAT}, 6.895376757, "The average arr_delay is 6.9."),
        ({'AVG("flights"."arr_delay")': FLOAT}, 6.895376757, "The average arr_delay is 6.9."),
        ({"avg_arr_delay_minutes": FLOAT}, 6.9, "The average arr_delay is 6.9 minutes."),
        ({"duration_minutes": INTEGER}, 1, "The duration is 1 minute."),
        ({"late_percent": DECIMAL}, "12.50", "The late is 12.5%."),
        ({"max(distance)": INTEGER}, 4983, "The maximum distance is 4,983."),
        ({"sum_revenue_usd": DECIMAL}, "1234567.891", "The total revenue is 1,234,567.89 USD."),
        ({"count": INTEGER}, 3, "The count is 3."),
        ({"count(distinct carrier)": INTEGER}, 16, "The distinct count of carrier is 16."),
        ({"year": INTEGER}, 2013, "The year is 2013."),
        ({"seats": INTEGER}, 1055, "The value of seats is 1,055."),
        ({"big": INTEGER}, "9007199254740993", "The big is 9,007,199,254,740,993."),
        ({"ratio": FLOAT}, "Infinity", "The ratio is Infinity."),
        ({"name": TEXT}, "Endeavor Air Inc.", "The name is Endeavor Air Inc."),
        ({"name": TEXT}, "two\nlines", "The name is two lines."),
        ({"open": BOOLEAN}, True, "The open is true."),
        ({"last": TIMESTAMP}, "2013-12-31T23:00:00", "The last is 2013-12-31 23:00:00."),
        ({"name": NULL}, None, "The name is empty."),
        ({"avg_arr_delay": NULL}, None, "There is no average arr_delay: no matching row has a value."),
        ({"picture": ResultType.BINARY}, "AAEC", "The picture is (binary)."),
    ],
)
def test_a_single_value_is_said_with_its_name_and_unit(columns: Columns, cell: Cell, expected: str) -> None:
    assert answer(executed(columns, [(cell,)])) == expected


@pytest.mark.parametrize(
    ("question", "sql", "count", "expected"),
    [
        ("How many flights are there?", COUNT_FLIGHTS, 336_776, "There are 336,776 flights."),
        ("number of flights", COUNT_FLIGHTS, 336_776, "There are 336,776 flights."),
        ("Count the flights!", COUNT_FLIGHTS, 2, "There are 2 flights."),
        ("How many late flights?", COUNT_FLIGHTS + " WHERE dep_delay > 0", 9, "There are 9 matching late flights."),
        ("How many flights from JFK?", COUNT_FLIGHTS + " WHERE origin = 'JFK'", 0, "There are no matching flights."),
        ("How many flights?", COUNT_FLIGHTS, 0, "There are no flights."),
        ("How many flights?", COUNT_FLIGHTS, 1, "The number of flights is 1."),
        ("How many companies?", "SELECT COUNT(*) AS n FROM company", 7, "There are 7 companies."),
        ("How many unicorns?", COUNT_FLIGHTS, 5, "The count of flight is 5."),
        ("How many birds?", "SELECT COUNT(*) AS n FROM t WHERE kind = 'birds'", 5, "The count is 5."),
        ("How many seats does it have?", "SELECT seats FROM planes WHERE x = 1", 55, "The value of seats is 55."),
        ("What is the total?", COUNT_FLIGHTS, 5, "The count of flight is 5."),
    ],
)
def test_a_count_is_said_of_the_noun_that_question_and_statement_share(
    question: str, sql: str, count: int, expected: str
) -> None:
    name = "seats" if "seats" in sql else "n" if " n " in sql else "flight_count"
    assert answer(executed({name: INTEGER}, [(count,)], sql=sql), question) == expected


def test_one_row_says_its_labels_and_then_its_numbers() -> None:
    result = executed({"carrier": TEXT, "count": INTEGER, "avg_delay_minutes": FLOAT}, [("UA", 58_665, 3.558)])
    assert answer(result) == "For carrier UA, the count is 58,665 and the average delay is 3.56 minutes."


def test_one_row_without_numbers_lists_its_values() -> None:
    result = executed({"carrier": TEXT, "name": TEXT}, [("9E", "Endeavor Air Inc.")])
    assert answer(result) == "There is one row: carrier 9E, name Endeavor Air Inc."


def test_groups_say_the_highest_the_lowest_and_what_adds_up() -> None:
    rows = [("UA", 58_665), ("B6", 54_635), ("OO", 32)]
    assert answer(executed({"carrier": TEXT, "count": INTEGER}, rows)) == (
        "There are 3 rows, one per carrier. The count is highest for UA (58,665) and lowest for OO (32). "
        "Together they make 113,332."
    )


@pytest.mark.parametrize("name", ["avg_delay", "count_distinct_tailnum", "max(distance)", "seats"])
def test_only_counts_and_totals_are_added_up(name: str) -> None:
    assert "Together" not in answer(executed({"carrier": TEXT, name: INTEGER}, [("UA", 1), ("AA", 2)]))


def test_exact_decimals_are_added_exactly() -> None:
    rows = [("a", "0.1"), ("b", "0.2")]
    assert answer(executed({"kind": TEXT, "sum_paid": DECIMAL}, rows)).endswith("Together they make 0.3.")


def test_months_are_named_and_not_written_as_quantities() -> None:
    rows = [(2013, 7, 21.73), (2013, 11, 5.44)]
    result = executed({"year": INTEGER, "month": INTEGER, "avg_delay": FLOAT}, rows)
    assert "highest for year 2013, month 7 (21.73) and lowest for year 2013, month 11 (5.44)" in answer(result)


def test_ties_are_counted() -> None:
    rows = [("a", 5), ("b", 5), ("c", 5), ("d", 1)]
    assert "highest for a and 2 more (5) and lowest for d (1)" in answer(executed({"k": TEXT, "n": INTEGER}, rows))


def test_equal_numbers_have_no_highest() -> None:
    rows = [("a", 5), ("b", 5), ("c", None)]
    said = answer(executed({"k": TEXT, "score": INTEGER}, rows))
    assert said == "There are 3 rows, one per k. The score is 5 for all that have a value."


def test_groups_without_any_number_are_only_counted() -> None:
    assert answer(executed({"k": TEXT, "score": FLOAT}, [("a", None), ("b", "NaN")])) == (
        "There are 2 rows, one per k."
    )


def test_the_aggregate_is_compared_and_not_a_number_beside_it() -> None:
    rows = [("UA", 1545, 2), ("AA", 1141, 33)]
    said = answer(executed({"carrier": TEXT, "flight": INTEGER, "dep_delay": INTEGER}, rows))
    assert "The dep_delay is highest for AA (33)" in said


def test_rows_beyond_those_at_hand_are_neither_summed_nor_called_one_per_group() -> None:
    rows = [("2013-01-01", 842), ("2013-01-02", 943)]
    said = answer(executed({"day": DATE, "count": INTEGER}, rows, row_count=365))
    assert said == (
        "There are 365 rows. "
        "Among the first 2, the count is highest for 2013-01-02 (943) and lowest for 2013-01-01 (842)."
    )


def test_a_cut_off_result_says_so() -> None:
    said = answer(executed({"a": TEXT, "n": INTEGER}, [("x", 1), ("y", 2)], row_count=10_000, truncated=True))
    assert said.startswith("Here are the first 10,000 rows. Among the first 2, ")
    assert said.endswith("The result was cut off after 10,000 rows; there are more.")


def test_a_list_of_one_column_shows_its_first_values() -> None:
    rows = [(carrier,) for carrier in ("9E", "AA", "AS", "B6", "DL", "EV")]
    assert answer(executed({"carrier": TEXT}, rows)) == "There are 6 rows. The first 5 are 9E, AA, AS, B6 and DL."
    assert answer(executed({"carrier": TEXT}, rows[:2])) == "There are 2 rows. They are 9E and AA."


def test_a_list_of_many_columns_shows_its_first_rows() -> None:
    rows = [(1, "JFK", "LAX", "x", "y"), (2, "EWR", None, "x", "y")]
    columns = {"flight": INTEGER, "origin": TEXT, "dest": TEXT, "a": TEXT, "b": TEXT}
    assert answer(executed(columns, rows)) == (
        "There are 2 rows. They are: flight 1, origin JFK, dest LAX, a x; flight 2, origin EWR, dest (no value), a x."
    )


def test_long_texts_are_shortened() -> None:
    said = answer(executed({"note": TEXT}, [("long " * 1000,)]))
    assert len(said) < 100
    assert "…" in said


@pytest.mark.parametrize("columns", [{}, {"a": TEXT, "count": INTEGER}])
def test_no_rows_are_said_to_be_none(columns: Columns) -> None:
    assert answer(executed(columns, [])) == "No rows matched."


def test_rows_too_large_to_be_at_hand_are_still_counted() -> None:
    assert answer(executed({"blob": TEXT}, [], row_count=7)) == "There are 7 rows."


CELLS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


@st.composite
def results(draw: st.DrawFn) -> Executed:
    columns = draw(st.dictionaries(st.text(), st.sampled_from(ResultType), max_size=5))
    rows = draw(st.lists(st.tuples(*[CELLS for _ in columns]), max_size=6)) if columns else []
    row_count = len(rows) + draw(st.sampled_from([0, 0, 100]))
    return executed(columns, rows, row_count=row_count, truncated=draw(st.booleans()))


@given(result=results(), question=st.text())
def test_every_result_has_words_on_one_line_and_always_the_same(result: Executed, question: str) -> None:
    said = answer(result, question)
    assert said.endswith((".", "!", "?"))
    assert "\n" not in said
    assert said == answer(result, question)
