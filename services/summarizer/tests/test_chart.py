import json
from collections.abc import Sequence
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import JsonValue

from rowcall_contracts.jobs import JsonObject
from rowcall_contracts.outputs import Executed
from rowcall_contracts.results import Cell, ResultType
from rowcall_summarizer.chart import MOST_CATEGORIES, MOST_SERIES, SCHEMA_URL, choose_chart
from rowcall_summarizer.chart_schema import is_valid_chart
from services.summarizer.tests.executed import DATE, DECIMAL, FLOAT, INTEGER, TEXT, TIMESTAMP, Columns, executed

CARRIERS = [("UA", 58_665), ("B6", 54_635), ("EV", 54_173)]


def drawn(columns: Columns, rows: Sequence[Sequence[Cell]]) -> JsonObject:
    chart = choose_chart(executed(columns, rows))
    assert chart is not None
    return chart


def at(value: JsonValue, *path: str) -> JsonValue:
    for key in path:
        assert isinstance(value, dict)
        value = value[key]
    return value


def test_categories_and_a_number_are_bars_in_the_order_of_the_rows() -> None:
    assert drawn({"carrier": TEXT, "count": INTEGER}, CARRIERS) == {
        "$schema": SCHEMA_URL,
        "data": {"values": [{"carrier": carrier, "count": count} for carrier, count in CARRIERS]},
        "mark": {"type": "bar", "tooltip": True},
        "encoding": {
            "x": {"field": "carrier", "title": "Carrier", "type": "nominal", "sort": None},
            "y": {"field": "count", "title": "Count", "type": "quantitative"},
        },
    }


@pytest.mark.parametrize(
    ("sql", "sort"),
    [
        ("SELECT carrier, COUNT(*) AS flight_count FROM flights GROUP BY carrier", "-y"),
        ("SELECT carrier, COUNT(*) AS flight_count FROM flights GROUP BY carrier ORDER BY carrier", None),
    ],
)
def test_bars_have_the_order_of_the_statement_and_without_one_the_highest_first(sql: str, sort: str | None) -> None:
    chart = choose_chart(executed({"carrier": TEXT, "flight_count": INTEGER}, CARRIERS[::-1], sql=sql))
    assert chart is not None
    assert at(chart, "encoding", "x", "sort") == sort
    assert at(chart, "encoding", "y", "title") == "Flight count"


def test_a_bare_name_is_titled_with_what_it_names() -> None:
    sql = "SELECT airlines.name, COUNT(*) AS n FROM f JOIN airlines ON f.c = airlines.c GROUP BY airlines.name"
    chart = choose_chart(executed({"name": TEXT, "n": INTEGER}, [("UA", 2), ("AA", 1)], sql=sql))
    assert chart is not None
    assert at(chart, "encoding", "x", "title") == "Airline name"


def test_a_single_number_has_no_chart() -> None:
    assert choose_chart(executed({"flight_count": INTEGER}, [(336_776,)])) is None
    assert choose_chart(executed({"carrier": TEXT, "flight_count": INTEGER}, [("UA", 58_665)])) is None


@pytest.mark.parametrize(
    ("name", "type_", "cells", "vega_type", "utc"),
    [
        ("day", DATE, ("2013-01-01", "2013-01-02"), "temporal", True),
        ("month", TEXT, ("2013-01", "2013-02"), "temporal", True),
        ("at", TIMESTAMP, ("2013-01-01T05:00:00", "2013-01-01T06:00:00"), "temporal", False),
        ("month", INTEGER, (1, 2), "ordinal", False),
        ("year", DECIMAL, ("2013", "2014"), "ordinal", False),
    ],
)
def test_what_has_an_order_is_a_line(
    name: str, type_: ResultType, cells: Sequence[Cell], vega_type: str, *, utc: bool
) -> None:
    chart = drawn({name: type_, "avg_delay": FLOAT}, [(cell, 1.5) for cell in cells])
    assert at(chart, "mark", "type") == "line"
    x = at(chart, "encoding", "x")
    assert isinstance(x, dict)
    assert x["type"] == vega_type
    assert ("scale" in x) is utc


def test_two_categories_are_grouped_bars_with_the_fewer_values_as_the_group() -> None:
    rows = [("EWR", "UA", 3), ("EWR", "AA", 2), ("EWR", "B6", 1), ("JFK", "UA", 5)]
    encoding = at(drawn({"origin": TEXT, "carrier": TEXT, "count": INTEGER}, rows), "encoding")
    assert at(encoding, "x", "field") == "carrier"
    assert at(encoding, "color", "field") == at(encoding, "xOffset", "field") == "origin"


def test_a_month_and_a_category_are_several_lines() -> None:
    rows = [("EWR", 1, 3), ("EWR", 2, 2), ("JFK", 1, 1)]
    chart = drawn({"origin": TEXT, "month": INTEGER, "count": INTEGER}, rows)
    assert at(chart, "mark", "type") == "line"
    assert at(chart, "encoding", "x", "field") == "month"
    assert at(chart, "encoding", "color", "field") == "origin"


@pytest.mark.parametrize(("name", "axis"), [("United Air Lines Inc.", "name"), ("too long to draw " * 3, "carrier")])
def test_two_names_of_one_thing_are_bars_under_the_longer_one_that_fits(name: str, axis: str) -> None:
    rows = [("UA", name, 58_665), ("B6", "JetBlue Airways", 54_635)]
    encoding = at(drawn({"carrier": TEXT, "name": TEXT, "count": INTEGER}, rows), "encoding")
    assert at(encoding, "x", "field") == axis
    assert isinstance(encoding, dict)
    assert "color" not in encoding


def test_two_numbers_are_points() -> None:
    chart = drawn({"dep_delay": INTEGER, "arr_delay": INTEGER}, [(2, 11), (4, 20), (2, 33)])
    assert at(chart, "mark", "type") == "point"
    assert at(chart, "encoding", "x", "type") == at(chart, "encoding", "y", "type") == "quantitative"


def test_of_several_numbers_the_aggregate_is_drawn() -> None:
    chart = drawn({"carrier": TEXT, "flight": INTEGER, "avg_delay": FLOAT}, [("UA", 1, 2.5), ("AA", 2, 3.5)])
    assert at(chart, "encoding", "y", "field") == "avg_delay"


MANY = MOST_CATEGORIES + 1


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        pytest.param({}, [], id="no columns"),
        pytest.param({"k": TEXT, "count": INTEGER}, [], id="no rows"),
        pytest.param({"count": INTEGER}, [(5,)], id="a single value"),
        pytest.param({"k": TEXT, "count": INTEGER}, [("a", 1)], id="a single row"),
        pytest.param({"k": TEXT}, [("a",), ("b",)], id="no number"),
        pytest.param({"n": INTEGER}, [(1,), (2,)], id="one number"),
        pytest.param({"k": TEXT, "n": INTEGER}, [("a", None), ("b", None)], id="no value"),
        pytest.param({"k": TEXT, "n": INTEGER}, [("a", 1), ("a", 2)], id="a repeated label"),
        pytest.param({"k": TEXT, "n": INTEGER}, [(f"c{i}", i) for i in range(MANY)], id="too many categories"),
        pytest.param({"k": TEXT, "n": INTEGER}, [("wide " * 20, 1), ("b", 2)], id="a wide text"),
        pytest.param(
            {"a": TEXT, "b": TEXT, "n": INTEGER},
            [("a0", "b1", 0), *((f"a{i}", f"b{i}", i) for i in range(MOST_SERIES + 1))],
            id="too many series",
        ),
        pytest.param({"a": TEXT, "b": TEXT, "c": TEXT, "n": INTEGER}, [("a", "b", "c", 1)] * 2, id="three labels"),
        pytest.param({"k": ResultType.BINARY, "n": INTEGER}, [("AA==", 1), ("AQ==", 2)], id="bytes"),
        pytest.param({"x": FLOAT, "y": FLOAT, "z": FLOAT}, [(1, 2, 3), (4, 5, 6)], id="three numbers"),
    ],
)
def test_what_a_table_says_better_has_no_chart(columns: Columns, rows: Sequence[Sequence[Cell]]) -> None:
    assert choose_chart(executed(columns, rows)) is None


def test_numbers_that_travel_as_strings_are_drawn_as_numbers() -> None:
    rows = [("a", "12.50"), ("b", "NaN"), ("c", None), ("d", "9007199254740993")]
    chart = drawn({"k": TEXT, "paid": DECIMAL}, rows)
    values = at(chart, "data", "values")
    assert isinstance(values, list)
    assert [at(value, "paid") for value in values] == [12.5, None, None, 9007199254740993.0]


@pytest.mark.parametrize("name", ["a.b", "list[0]", "count(*)", "", "it's", "two\nlines"])
def test_a_name_that_vega_lite_would_read_as_a_path_is_only_a_title(name: str) -> None:
    chart = drawn({"carrier": TEXT, name: INTEGER}, [("UA", 1), ("AA", 2)])
    assert at(chart, "encoding", "y", "field") == "column 2"
    assert at(chart, "encoding", "y", "title") == name[:1].upper() + name[1:]
    assert at(chart, "data", "values") == [{"carrier": "UA", "column 2": 1}, {"carrier": "AA", "column 2": 2}]


def test_columns_of_one_name_are_told_apart() -> None:
    result = executed({"a": INTEGER, "b": INTEGER}, [(1, 2), (3, 4)])
    same = result.model_copy(update={"columns": (result.columns[0], result.columns[0])})
    chart = choose_chart(same)
    assert chart is not None
    assert at(chart, "data", "values") == [{"column 1": 1, "column 2": 2}, {"column 1": 3, "column 2": 4}]


@pytest.mark.parametrize(
    ("truncated", "title"),
    [(False, "The first 100 rows of 365"), (True, "The first 100 rows of more than 365")],
)
def test_a_chart_of_the_first_rows_says_so(*, truncated: bool, title: str) -> None:
    rows = [(f"2013-{1 + i // 28:02}-{1 + i % 28:02}", i) for i in range(120)]
    chart = choose_chart(executed({"day": DATE, "count": INTEGER}, rows, row_count=365, truncated=truncated))
    assert chart is not None
    assert chart["title"] == title
    values = at(chart, "data", "values")
    assert isinstance(values, list)
    assert len(values) == 100


def test_the_schema_refuses_what_is_no_chart() -> None:
    chart = drawn({"carrier": TEXT, "count": INTEGER}, CARRIERS)
    assert is_valid_chart(chart)
    assert not is_valid_chart({**chart, "mark": {"type": "bars"}})
    assert not is_valid_chart({**chart, "encoding": {"x": {"field": 1}}})


def test_the_schema_itself_is_a_json_schema() -> None:
    schema = resources.files("rowcall_summarizer").joinpath("vega_lite", "vega-lite-schema.json")
    Draft7Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))


CELLS = {
    ResultType.INTEGER: st.integers() | st.just("9007199254740993"),
    ResultType.FLOAT: st.floats() | st.sampled_from(["NaN", "Infinity"]),
    ResultType.DECIMAL: st.decimals().map(str),
    ResultType.TEXT: st.text(max_size=10),
    ResultType.DATE: st.dates().map(str),
    ResultType.TIMESTAMP: st.datetimes().map(lambda at: at.isoformat()),
    ResultType.BOOLEAN: st.booleans(),
}
NAMES = st.sampled_from(["month", "year", "count", "avg_delay", "name", "plane_id", "a.b", ""]) | st.text(max_size=5)


@st.composite
def results(draw: st.DrawFn) -> Executed:
    columns = draw(st.dictionaries(NAMES, st.sampled_from(sorted(CELLS)), min_size=1, max_size=4))
    cells = [st.none() | CELLS[type_] for type_ in columns.values()]
    return executed(columns, draw(st.lists(st.tuples(*cells), max_size=8)), truncated=draw(st.booleans()))


@settings(max_examples=300, deadline=None)
@given(results())
def test_every_chart_that_is_built_is_valid(result: Executed) -> None:
    chart = choose_chart(result)
    if chart is not None:
        json.dumps(chart, allow_nan=False)
        assert len(result.rows) > 1


SHAPES: dict[str, Columns] = {
    "bar": {"k": TEXT, "n": FLOAT},
    "line": {"day": DATE, "n": FLOAT},
    "point": {"x": FLOAT, "y": FLOAT},
}


@settings(max_examples=150, deadline=None)
@given(
    mark=st.sampled_from(sorted(SHAPES)),
    series=st.none() | st.sampled_from(["k2", "a.b", "é"]),
    numbers=st.lists(st.integers() | st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20),
)
def test_labels_and_numbers_always_have_the_chart_of_their_shape(
    mark: str, series: str | None, numbers: list[int | float]
) -> None:
    def first(position: int) -> Cell:
        labels: dict[str, Cell] = {"bar": f"c{position}", "line": f"2013-01-{position + 1:02}", "point": position}
        return labels[mark]

    columns = SHAPES[mark] | ({series: TEXT} if series and mark != "point" else {})
    rows = [(first(position), number, f"s{position % 3}")[: len(columns)] for position, number in enumerate(numbers)]
    assert at(drawn(columns, rows), "mark", "type") == mark
