from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.jobs import MAX_OUTPUT_BYTES
from rowcall_contracts.results import Cell
from rowcall_summarizer.summary import summarize

INTEGER, TEXT, TIMESTAMP, FLOAT = ColumnKind.INTEGER, ColumnKind.TEXT, ColumnKind.TIMESTAMP, ColumnKind.FLOAT


def column(
    name: str, kind: ColumnKind, *, between: tuple[Cell, Cell] = (None, None), values: tuple[Cell, ...] = ()
) -> Column:
    profile = ColumnProfile(minimum=between[0], maximum=between[1], values=values)
    return Column(name=name, type=kind.value.upper(), kind=kind, profile=profile)


def catalog(*tables: Table, dialect: Dialect = Dialect.SQLITE) -> Catalog:
    return Catalog(dialect=dialect, fingerprint="f", tables=tables, profiled_at=datetime(2026, 1, 1, tzinfo=UTC))


AIRLINES = Table(
    name="airlines",
    columns=(column("carrier", TEXT, values=("9E", "AA", "UA")), column("name", TEXT)),
    primary_key=("carrier",),
    row_count=16,
)
FLIGHTS = Table(
    name="flights",
    columns=(
        column("year", INTEGER, between=(2013, 2013)),
        column("month", INTEGER, between=(1, 12), values=tuple(range(1, 13))),
        column("dep_delay", INTEGER, between=(-43, 1301)),
        column("distance_miles", INTEGER, between=(17, 4983)),
        column("carrier", TEXT, values=tuple(f"C{number}" for number in range(16))),
        column("origin", TEXT, values=("EWR", "JFK", "LGA", None)),
        column("tailnum", TEXT),
        column("time_hour", TIMESTAMP, between=("2013-01-01T05:00:00", "2013-12-31T23:00:00")),
    ),
    foreign_keys=(ForeignKey(columns=("carrier",), referred_table="airlines", referred_columns=("carrier",)),),
    row_count=336_776,
    description="All departures.",
)


def test_the_overview_counts_and_names_the_largest_tables() -> None:
    summary = summarize(catalog(AIRLINES, FLIGHTS))
    assert summary.text == (
        "The SQLite database has 2 tables with 336,792 rows in all. Largest first: flights, airlines."
    )
    assert [(table.name, table.row_count) for table in summary.tables] == [("airlines", 16), ("flights", 336_776)]


def test_a_table_is_told_by_its_rows_time_categories_numbers_and_relations() -> None:
    _, flights = summarize(catalog(AIRLINES, FLIGHTS)).tables
    assert flights.text == (
        "The table flights has 336,776 rows and 8 columns. All departures. "
        "In time, time_hour goes from 2013-01-01 05:00:00 to 2013-12-31 23:00:00. "
        "Categories: carrier with 16 values (C0, C1, C2, C3, C4, ...), origin with 3 values (EWR, JFK, LGA). "
        "Numbers: dep_delay goes from -43 to 1,301, distance_miles goes from 17 miles to 4,983 miles. "
        "Relations: it refers to airlines by carrier."
    )


def test_a_table_knows_who_refers_to_it() -> None:
    airlines, _ = summarize(catalog(AIRLINES, FLIGHTS)).tables
    assert airlines.text == (
        "The table airlines has 16 rows and 2 columns. A row is known by carrier. "
        "Categories: carrier with 3 values (9E, AA, UA). Relations: flights refers to it by carrier."
    )


def test_dates_kept_as_text_are_a_span_of_time() -> None:
    table = Table(name="t", columns=(column("paid", TEXT, between=("2013-01-01", "2014-02-02")),), row_count=1)
    (summary,) = summarize(catalog(table)).tables
    assert summary.text == "The table t has 1 row and 1 column. In time, paid goes from 2013-01-01 to 2014-02-02."


def test_what_was_not_measured_is_not_said() -> None:
    view = Table(name="v", is_view=True, columns=(column("x", FLOAT), column("same", FLOAT, between=(1.5, 1.5))))
    summary = summarize(catalog(view, dialect=Dialect.POSTGRES))
    assert summary.text == (
        "The PostgreSQL database has 1 table with 0 rows in all. Largest first: v. "
        "Rows of some tables were not counted."
    )
    assert summary.tables[0].text == (
        "The view v has rows that were not counted and 2 columns. Numbers: same is always 1.5."
    )


def test_keys_are_no_numbers_to_compare() -> None:
    table = Table(
        name="seats",
        columns=tuple(column(name, INTEGER, between=(1, 9)) for name in ("seat", "plane", "price")),
        primary_key=("seat",),
        foreign_keys=(ForeignKey(columns=("plane",), referred_table="planes", referred_columns=("plane",)),),
    )
    (summary,) = summarize(catalog(table)).tables
    assert "Numbers: price goes from 1 to 9." in summary.text


def test_an_empty_database_is_said_to_be_so() -> None:
    summary = summarize(catalog(dialect=Dialect.DUCKDB))
    assert (summary.text, summary.tables) == ("The DuckDB database has no tables.", ())


@pytest.mark.parametrize(("tables", "all_told"), [(300, True), (6_000, False)])
def test_a_wide_database_fits_into_a_steps_output(tables: int, *, all_told: bool) -> None:
    values = tuple("東京" * 20 + str(number) for number in range(9))
    wide = [
        Table(
            name=f"table_{number}",
            columns=tuple(column(f"c{i}", TEXT, values=values) for i in range(5)),
            row_count=number,
        )
        for number in range(tables)
    ]
    summary = summarize(catalog(*wide))
    assert len(summary.model_dump_json().encode()) < MAX_OUTPUT_BYTES
    assert "Categories" in summary.tables[-1].text
    assert "Categories" not in summary.tables[0].text
    assert (len(summary.tables) == tables) is all_told
    assert ("largest are described" in summary.text) is not all_told
