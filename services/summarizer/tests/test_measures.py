import pytest

from rowcall_summarizer.measures import UNITS, Aggregate, Measure, measure_of, most_telling, words_of


@pytest.mark.parametrize(
    ("name", "aggregate", "subject"),
    [
        ("count(*)", Aggregate.COUNT, ""),
        ("count_star()", Aggregate.COUNT, ""),
        ("n", Aggregate.COUNT, ""),
        ("flight_count", Aggregate.COUNT, "flight"),
        ("number_of_flights", Aggregate.COUNT, "flights"),
        ("count of flights", Aggregate.COUNT, "flights"),
        ("avg_arr_delay", Aggregate.AVERAGE, "arr_delay"),
        ("average arr delay", Aggregate.AVERAGE, "arr delay"),
        ("avgArrDelay", Aggregate.AVERAGE, "ArrDelay"),
        ('AVG("flights"."arr_delay")', Aggregate.AVERAGE, "arr_delay"),
        ("MIN(f.dep_delay)", Aggregate.MINIMUM, "dep_delay"),
        ("sum(price * quantity)", Aggregate.TOTAL, "price * quantity"),
        ("total_distance", Aggregate.TOTAL, "distance"),
        ("max", Aggregate.MAXIMUM, ""),
        ("median_income", Aggregate.MEDIAN, "income"),
        ("upper(name)", None, "upper(name)"),
        ("minute", None, "minute"),
        ("summary", None, "summary"),
        ("", None, ""),
        ("__", None, ""),
    ],
)
def test_a_name_tells_the_aggregate_and_its_subject(name: str, aggregate: Aggregate | None, subject: str) -> None:
    assert measure_of(name) == Measure(aggregate=aggregate, subject=subject)


@pytest.mark.parametrize("name", ["COUNT(DISTINCT f.carrier)", "count_distinct_carrier", "distinct_carrier_count"])
def test_a_distinct_count_is_not_additive(name: str) -> None:
    measure = measure_of(name)
    assert measure == Measure(aggregate=Aggregate.COUNT, subject="carrier", distinct=True)
    assert not measure.is_additive


@pytest.mark.parametrize(
    ("name", "subject", "unit"),
    [
        ("delay_minutes", "delay", "minutes"),
        ("avg(air_time_hours)", "air_time", "hours"),
        ("avgDelayMs", "Delay", "ms"),
        ("minutes", "minutes", None),
        ("count_minutes", "minutes", None),
        ("arr_delay", "arr_delay", None),
    ],
)
def test_a_unit_is_a_names_last_word_and_nothing_else(name: str, subject: str, unit: str | None) -> None:
    measure = measure_of(name)
    assert measure.subject == subject
    assert measure.unit == (UNITS[unit] if unit else None)


@pytest.mark.parametrize("name", ["depDelay", "dep_delay", "dep delay", "DepDelay", "__dep__delay"])
def test_words_are_found_in_every_spelling(name: str) -> None:
    assert words_of(name) == ["dep", "delay"]


@pytest.mark.parametrize(
    ("names", "position"), [(["avg_x", "count"], 0), (["flight", "count"], 1), (["flight", "dep_delay"], 1), (["x"], 0)]
)
def test_an_aggregate_tells_most_and_else_the_last_number(names: list[str], position: int) -> None:
    assert most_telling(names) == position
