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
        ({"avg_arr_delay": FLOAT}, 6.895376757, "The average arr delay is 6.9."),
        ({'AVG("flights"."arr_delay")': FLOAT}, 6.895376757, "The average arr delay is 6.9."),
        ({"avg_arr_delay_minutes": FLOAT}, 6.9, "The average arr delay is 6.9 minutes."),
        ({"duration_minutes": INTEGER}, 1, "The duration is 1 minute."),
        ({"late_percent": DECIMAL}, "12.50", "The late is 12.5%."),
        ({"max(distance)": INTEGER}, 4983, "The maximum distance is 4,983."),
        ({"sum_revenue_usd": DECIMAL}, "1234567.891", "The total revenue is 1,234,567.89 USD."),
        ({"count": INTEGER}, 3, "There are 3 rows."),
        ({"count(distinct carrier)": INTEGER}, 16, "There are 16 different carriers."),
        ({"year": INTEGER}, 2013, "The year is 2013."),
        ({"seats": INTEGER}, 1055, "The value of seats is 1,055."),
        ({"big": INTEGER}, "9007199254740993", "The big is 9,007,199,254,740,993."),
        ({"ratio": FLOAT}, "Infinity", "The ratio is Infinity."),
        ({"name": TEXT}, "Endeavor Air Inc.", "The name is Endeavor Air Inc."),
        ({"name": TEXT}, "two\nlines", "The name is two lines."),
        ({"open": BOOLEAN}, True, "The open is true."),
        ({"last": TIMESTAMP}, "2013-12-31T23:00:00", "The last is 2013-12-31 23:00:00."),
        ({"name": NULL}, None, "The name is empty."),
        ({"avg_arr_delay": NULL}, None, "There is no average arr delay: no matching row has a value."),
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
        (
            "How many late flights?",
            COUNT_FLIGHTS + " WHERE dep_delay > 0",
            9,
            "There are 9 late flights with dep delay above 0.",
        ),
        (
            "How many flights from JFK?",
            COUNT_FLIGHTS + " WHERE origin = 'JFK'",
            0,
            "There are no flights with origin JFK.",
        ),
        ("How many flights?", COUNT_FLIGHTS, 0, "There are no flights."),
        ("How many flights?", COUNT_FLIGHTS, 1, "There is 1 flight."),
        ("How many companies?", "SELECT COUNT(*) AS n FROM company", 7, "There are 7 companies."),
        ("How many unicorns?", COUNT_FLIGHTS, 5, "There are 5 flights."),
        ("How many birds?", "SELECT COUNT(*) AS n FROM t WHERE kind = 'birds'", 5, "There are 5 rows with kind birds."),
        (
            "How many seats does it have?",
            "SELECT seats FROM planes WHERE x = 1",
            55,
            "For planes with x 1, the value of seats is 55.",
        ),
        ("What is the total?", COUNT_FLIGHTS, 5, "There are 5 flights."),
    ],
)
def test_a_count_is_said_of_the_noun_that_question_and_statement_share(
    question: str, sql: str, count: int, expected: str
) -> None:
    name = "seats" if "seats" in sql else "n" if " n " in sql else "flight_count"
    assert answer(executed({name: INTEGER}, [(count,)], sql=sql), question) == expected


def test_one_row_says_its_labels_and_then_its_numbers() -> None:
    result = executed({"carrier": TEXT, "count": INTEGER, "avg_delay_minutes": FLOAT}, [("UA", 58_665, 3.558)])
    assert answer(result) == "For UA, the count is 58,665 and the average delay is 3.56 minutes."


def test_one_row_without_numbers_lists_its_values() -> None:
    result = executed({"carrier": TEXT, "name": TEXT}, [("9E", "Endeavor Air Inc.")])
    assert answer(result) == "There is one row: carrier Endeavor Air Inc. (9E)."


BUSIEST = (
    "SELECT airports.name FROM flights JOIN airports ON flights.dest = airports.faa "
    "GROUP BY airports.faa, airports.name ORDER BY COUNT(*) DESC LIMIT 1"
)
PER_CARRIER = (
    "SELECT flights.carrier, airlines.name, COUNT(*) AS flight_count FROM flights "
    "LEFT JOIN airlines ON flights.carrier = airlines.carrier GROUP BY flights.carrier, airlines.name"
)
CARRIERS = [
    ("OO", "SkyWest Airlines Inc.", 32),
    ("B6", "JetBlue Airways", 54_635),
    ("UA", "United Air Lines Inc.", 58_665),
    ("ZZ", None, 1),
]


def grouped(columns: Columns, rows: list[tuple[Cell, ...]], *, ending: str = "", question: str = "?") -> str:
    """What is said of groups by all columns but the last, which is an aggregate."""
    keys = ", ".join(list(columns)[:-1])
    sql = f"SELECT {keys}, COUNT(*) AS flight_count FROM flights GROUP BY {keys}{ending}"
    return answer(executed(columns, rows, sql=sql), question)


def test_groups_say_who_leads_of_how_many_and_who_is_next() -> None:
    columns = {"carrier": TEXT, "name": TEXT, "flight_count": INTEGER}
    assert answer(executed(columns, CARRIERS, sql=PER_CARRIER)) == (
        "United Air Lines Inc. (UA) has the most flights: 58,665 of 113,333, ahead of JetBlue Airways (B6) "
        "with 54,635. 4 carriers in all."
    )


def test_a_few_groups_are_all_said() -> None:
    rows: list[tuple[Cell, ...]] = [("EWR", 3), ("JFK", 4), ("LGA", 1)]
    assert grouped({"origin": TEXT, "flight_count": INTEGER}, rows) == (
        "JFK has the most flights: 4 of 8, ahead of EWR with 3 and LGA with 1."
    )


def test_a_ranking_that_was_asked_for_is_said_in_its_order_and_without_a_sum_of_what_was_left_out() -> None:
    rows: list[tuple[Cell, ...]] = [("ORD", 9), ("ATL", 8), ("LAX", 7), ("BOS", 6)]
    columns = {"dest": TEXT, "flight_count": INTEGER}
    assert grouped(columns, rows, ending=" ORDER BY flight_count DESC LIMIT 4", question="top 4 destinations") == (
        "ORD has the most flights: 9, ahead of ATL with 8, LAX with 7 and BOS with 6."
    )
    assert grouped(columns, rows[::-1], ending=" ORDER BY flight_count LIMIT 4").startswith(
        "BOS has the fewest flights: 6, followed by LAX with 7"
    )


def test_groups_left_out_by_a_condition_are_not_part_of_a_sum() -> None:
    rows: list[tuple[Cell, ...]] = [("ORD", 9), ("ATL", 8)]
    assert "of 17" not in grouped({"dest": TEXT, "flight_count": INTEGER}, rows, ending=" HAVING COUNT(*) > 7")


def test_averages_have_a_highest_and_a_lowest_and_no_sum() -> None:
    rows: list[tuple[Cell, ...]] = [("F9", 20.2155), ("EV", 19.96), ("UA", 12.1), ("US", 3.782)]
    said = grouped({"carrier": TEXT, "average_dep_delay": FLOAT}, rows, question="average departure delay by carrier")
    assert said == ("F9 has the highest average departure delay: 20.22; US has the lowest: 3.78. 4 carriers in all.")


@pytest.mark.parametrize("name", ["avg_delay", "distinct_tailnum_count", "max(distance)", "median_x"])
def test_only_counts_and_totals_are_added_up(name: str) -> None:
    rows: list[tuple[Cell, ...]] = [("UA", 11), ("AA", 12)]
    assert "23" not in grouped({"carrier": TEXT, name: INTEGER}, rows)


def test_exact_decimals_are_added_exactly() -> None:
    rows: list[tuple[Cell, ...]] = [("a", "0.1"), ("b", "0.2")]
    said = grouped({"kind": TEXT, "sum_paid": DECIMAL}, rows)
    assert said == "b has the highest total paid: 0.2 of 0.3, ahead of a with 0.1."


def test_several_numbers_are_each_led_by_somebody() -> None:
    rows: list[tuple[Cell, ...]] = [("UA", 9, 623.5), ("HA", 2, 700.25), ("AA", 1, 1.0)]
    columns = {"carrier": TEXT, "flight_count": INTEGER, "average_air_time": FLOAT}
    assert grouped(columns, rows) == (
        "Of 3 carriers, UA has the most flights (9) and HA the highest average air time (700.25)."
    )


def test_months_are_named_and_follow_each_other() -> None:
    rows: list[tuple[Cell, ...]] = [(month, 100 + month % 7) for month in range(1, 13)]
    assert grouped({"month": INTEGER, "flight_count": INTEGER}, rows) == (
        "June has the most flights: 106 of 1,236; July has the fewest: 100. 12 months in all."
    )
    columns = {"year": INTEGER, "month": INTEGER, "avg_delay": FLOAT}
    assert grouped(columns, [(2013, 7, 21.73), (2013, 11, 5.44)]) == (
        "July 2013 has the highest average delay: 21.73, ahead of November 2013 with 5.44."
    )


def test_two_keys_are_said_together() -> None:
    rows: list[tuple[Cell, ...]] = [("LGA", 7, 80.756), ("JFK", 2, 34.19), ("EWR", 3, 40.0), ("EWR", 4, 41.0)]
    assert grouped({"origin": TEXT, "month": INTEGER, "average_temp": FLOAT}, rows) == (
        "LGA in July has the highest average temp: 80.76; JFK in February has the lowest: 34.19. "
        "4 combinations of origin and month in all."
    )


def test_ties_are_counted() -> None:
    rows: list[tuple[Cell, ...]] = [("a", 5), ("b", 5), ("c", 5), ("d", 1)]
    said = grouped({"kind": TEXT, "flight_count": INTEGER}, rows)
    assert said == "3 kinds have the most flights: 5 each; d has the fewest: 1. 4 kinds in all."


def test_equal_numbers_have_no_highest() -> None:
    rows: list[tuple[Cell, ...]] = [("a", 5), ("b", 5), ("c", None)]
    said = grouped({"kind": TEXT, "avg_score": INTEGER}, rows)
    assert said == "All kinds that have a value have the same average score: 5."


def test_groups_without_any_number_are_only_counted() -> None:
    rows: list[tuple[Cell, ...]] = [("a", None), ("b", "NaN")]
    assert (
        grouped({"kind": TEXT, "avg_score": FLOAT}, rows) == "There are 2 kinds, none with a value for average score."
    )


def test_a_group_without_a_key_is_said_to_have_none() -> None:
    rows: list[tuple[Cell, ...]] = [(None, 7), ("AIRBUS", 5)]
    assert grouped({"manufacturer": TEXT, "flight_count": INTEGER}, rows).startswith(
        "(no manufacturer) has the most flights: 7 of 12"
    )


def test_rows_beyond_those_at_hand_are_not_summed() -> None:
    rows: list[tuple[Cell, ...]] = [("2013-01-01", 842), ("2013-01-02", 943)]
    result = executed({"day": DATE, "flight_count": INTEGER}, rows, row_count=365)
    assert answer(result) == (
        "Among the first 2 rows, 2013-01-02 has the most flights: 943; 2013-01-01 has the fewest: 842. 365 days in all."
    )


def test_a_cut_off_result_says_so() -> None:
    rows: list[tuple[Cell, ...]] = [("x", 1), ("y", 2)]
    result = executed({"kind": TEXT, "flight_count": INTEGER}, rows, row_count=10_000, truncated=True)
    said = answer(result)
    assert said.startswith("Among the first 2 rows, y has the most flights: 2")
    assert said.endswith("More than 10,000 kinds in all. The result was cut off after 10,000 rows.")


def test_a_count_of_unknown_rows_is_said_of_no_noun() -> None:
    rows: list[tuple[Cell, ...]] = [("a", 5), ("b", 3)]
    assert answer(executed({"kind": TEXT, "n": INTEGER}, rows, sql="WITH x AS (SELECT 1) SELECT kind, n FROM x")) == (
        "a has the highest count: 5, ahead of b with 3."
    )


def test_what_is_counted_is_read_from_the_expression_where_the_alias_does_not_tell() -> None:
    sql = "SELECT origin, COUNT(DISTINCT carrier) AS n FROM flights GROUP BY origin"
    assert answer(executed({"origin": TEXT, "n": INTEGER}, [("JFK", 10), ("EWR", 12)], sql=sql)) == (
        "EWR has the most different carriers: 12, ahead of JFK with 10."
    )


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT name FROM airports ORDER BY alt DESC LIMIT 1", "Telluride has the highest alt."),
        ("SELECT name FROM airports ORDER BY alt NULLS LAST LIMIT 1", "Telluride has the lowest alt."),
        (BUSIEST, "Telluride has the most flights."),
        ("SELECT name FROM airports WHERE alt > 9000", "The name is Telluride."),
    ],
)
def test_the_first_of_an_order_is_said_to_be_it(sql: str, expected: str) -> None:
    said = answer(executed({"name": TEXT}, [("Telluride",)], sql=sql))
    assert said.replace("For airports with alt above 9,000, the", "The") == expected


def test_a_day_told_in_three_columns_is_one_day_that_is_first() -> None:
    parts = "year, month, day"
    sql = f"SELECT {parts} FROM flights GROUP BY {parts} ORDER BY COUNT(*) DESC LIMIT 1"
    columns = {"year": INTEGER, "month": INTEGER, "day": INTEGER}
    assert answer(executed(columns, [(2013, 11, 27)], sql=sql)) == "2013-11-27 has the most flights."


def test_the_first_rows_of_an_order_are_listed_with_what_orders_them() -> None:
    rows = [("N381AA", 1956, "DOUGLAS"), ("N201AA", 1959, "CESSNA")]
    result = executed(
        {"tailnum": TEXT, "year": INTEGER, "manufacturer": TEXT},
        rows,
        sql="SELECT tailnum, year, manufacturer FROM planes ORDER BY year NULLS LAST LIMIT 2",
    )
    assert answer(result) == "The 2 planes with the lowest year: N381AA (1956) and N201AA (1959)."


def test_one_wide_row_is_told_by_what_it_is_first_in() -> None:
    columns = {"year": INTEGER, "tailnum": TEXT, "seats": INTEGER, "type": TEXT, "model": TEXT}
    sql = "SELECT * FROM planes ORDER BY seats DESC LIMIT 1"
    assert answer(executed(columns, [(1999, "N670US", 450, "Fixed wing", "747")], sql=sql)) == (
        "The plane with the highest value of seats (450) has year 1999, tailnum N670US, type Fixed wing and model 747."
    )


def test_a_list_of_one_column_shows_its_first_values() -> None:
    rows = [(carrier,) for carrier in ("9E", "AA", "AS", "B6", "DL", "EV")]
    assert answer(executed({"carrier": TEXT}, rows)) == "There are 6 carriers: 9E, AA, AS, B6, DL and 1 more."
    assert answer(executed({"carrier": TEXT}, rows[:2])) == "There are 2 carriers: 9E and AA."


def test_a_list_of_names_is_a_list_of_what_the_table_holds() -> None:
    sql = "SELECT name FROM airports WHERE alt > 8000"
    assert answer(
        executed({"name": TEXT}, [("Telluride",), ("Lake Tahoe",)], sql=sql), "airports higher than 8000"
    ) == ("There are 2 airports with alt above 8,000: Telluride and Lake Tahoe.")


def test_different_values_are_not_taken_for_rows() -> None:
    sql = "SELECT DISTINCT carrier FROM flights WHERE dest = 'HNL'"
    assert answer(executed({"carrier": TEXT}, [("HA",), ("UA",)], sql=sql)) == "There are 2 carriers: HA and UA."


def test_a_list_of_many_columns_shows_its_first_rows() -> None:
    rows = [(1, "JFK", "LAX", "x", "y"), (2, "EWR", None, "x", "y")]
    columns = {"flight": INTEGER, "origin": TEXT, "dest": TEXT, "a": TEXT, "b": TEXT}
    assert answer(executed(columns, rows)) == (
        "There are 2 rows: flight 1, origin JFK, dest LAX, a x; flight 2, origin EWR, no dest, a x."
    )


def test_many_wide_rows_are_counted_with_their_conditions() -> None:
    columns = {"a": INTEGER, "b": INTEGER, "c": TEXT, "d": TEXT, "e": TEXT}
    where = "(origin = 'JFK' AND dest = 'it''s') AND year = 2013 AND month = 7 AND distance > 4000"
    sql = f"SELECT * FROM flights WHERE {where}"
    assert answer(executed(columns, [(1, 2, "x", "y", "z")] * 4, sql=sql)) == (
        "There are 4 flights with origin JFK, dest it's and distance above 4,000 in July 2013."
    )


@pytest.mark.parametrize(
    "condition", ["a = 1 OR b = 2", "a IN (1, 2)", "NOT a = 1", "a = 1 AND b = 2 AND c = 3 AND d = 4"]
)
def test_involved_conditions_are_only_said_to_exist(condition: str) -> None:
    sql = f"SELECT COUNT(*) AS flight_count FROM flights WHERE {condition}"
    assert answer(executed({"flight_count": INTEGER}, [(5,)], sql=sql)) == "There are 5 matching flights."


def test_long_texts_are_shortened() -> None:
    said = answer(executed({"note": TEXT}, [("long " * 1000,)]))
    assert len(said) < 100
    assert "…" in said


@pytest.mark.parametrize("columns", [{}, {"a": TEXT, "count": INTEGER}])
def test_no_rows_are_said_to_be_none(columns: Columns) -> None:
    assert answer(executed(columns, [])) == "No rows matched."


def test_no_rows_are_named_by_what_was_looked_for() -> None:
    sql = "SELECT name FROM airports WHERE name = 'Boston'"
    assert answer(executed({"name": TEXT}, [], sql=sql)) == "There are no airports with name Boston."


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
