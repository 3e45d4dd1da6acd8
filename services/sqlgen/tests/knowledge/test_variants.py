"""A pair's SQL with other values: exactly where nothing but the values differs and nothing is in doubt."""

import pytest

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.knowledge.model import Pair
from rowcall_sqlgen.knowledge.variants import variant

FOUND: list[tuple[str, str, str, str]] = [
    (
        "How many flights left after 20?",
        "SELECT COUNT(*) FROM flights WHERE hour > 20",
        "how many flights left after 5",
        "SELECT COUNT(*) FROM flights WHERE hour > 5",
    ),
    (
        "Top 5 planes by seats",
        "SELECT tailnum FROM planes ORDER BY seats DESC LIMIT 5",
        "Top 12 planes by seats",
        "SELECT tailnum FROM planes ORDER BY seats DESC LIMIT 12",
    ),
    (
        "Flights from JFK to LAX",
        "SELECT flight FROM flights WHERE origin = 'JFK' AND dest = 'LAX'",
        "Flights from lga to BOS",
        "SELECT flight FROM flights WHERE origin = 'LGA' AND dest = 'BOS'",
    ),
    (
        "Planes by Boeing",
        "SELECT tailnum FROM planes AS p WHERE p.manufacturer = 'BOEING'",
        "Planes by Airbus Industrie",
        "SELECT tailnum FROM planes AS p WHERE p.manufacturer = 'AIRBUS INDUSTRIE'",
    ),
    (
        'Airlines with "Air" in the name',
        "SELECT name FROM airlines WHERE name LIKE '%Air%'",
        "Airlines with “Jet” in the name",
        "SELECT name FROM airlines WHERE name LIKE '%Jet%'",
    ),
    (
        "Late by more than 15 minutes",
        "SELECT COUNT(*) FROM flights WHERE dep_delay > 15",
        "Late by more than -15 minutes",
        "SELECT COUNT(*) FROM flights WHERE dep_delay > -15",
    ),
    (
        "Flights since 2013-05-01",
        "SELECT COUNT(*) FROM flights WHERE time_hour >= '2013-05-01'",
        "Flights since 2013-06-30",
        "SELECT COUNT(*) FROM flights WHERE time_hour >= '2013-06-30'",
    ),
    (
        "Distance over 1,000 miles",
        "SELECT flight FROM flights WHERE distance > 1000",
        "Distance over 2,500 miles",
        "SELECT flight FROM flights WHERE distance > 2500",
    ),
    (
        "Airlines whose name is 'Envoy Air'",
        "SELECT carrier FROM airlines WHERE name = 'Envoy Air'",
        'Airlines whose name is "Nobody\'s Air"',
        "SELECT carrier FROM airlines WHERE name = 'Nobody''s Air'",
    ),
]

NOT_FOUND: list[tuple[str, str, str, str]] = [
    ("another word", "Flights after 20", "SELECT 1 FROM flights WHERE hour > 20", "Departures after 5"),
    ("a word more", "Flights after 20", "SELECT 1 FROM flights WHERE hour > 20", "Flights after 5 from JFK"),
    ("a sign between", "Flights after 20", "SELECT 1 FROM flights WHERE hour > 20", "Flights after 5%"),
    ("words for a number", "Flights after 20", "SELECT 1 FROM flights WHERE hour > 20", "Flights after dawn"),
    (
        "twice in the SQL",
        "Flights at 20",
        "SELECT 1 FROM flights WHERE hour = 20 OR minute = 20",
        "Flights at 5",
    ),
    ("twice in the question", "20 flights at 20", "SELECT 1 FROM flights WHERE hour = 20", "5 flights at 5"),
    (
        "the end of a range that only the SQL has",
        "Flights on 2013-05-01",
        "SELECT 1 FROM flights WHERE time_hour >= '2013-05-01' AND time_hour < '2013-05-02'",
        "Flights on 2013-06-30",
    ),
    (
        "a value inside another",
        "Flights of 2013",
        "SELECT 1 FROM flights WHERE year = 2013 AND time_hour > '2013-01-01'",
        "Flights of 2014",
    ),
    (
        "nothing stored of that name",
        "Flights from JFK",
        "SELECT 1 FROM flights WHERE origin = 'JFK'",
        "Flights from Oz",
    ),
    ("stored elsewhere", "Flights from JFK", "SELECT 1 FROM flights WHERE origin = 'JFK'", "Flights from LAX"),
    ("half a row", "Top 5 planes", "SELECT tailnum FROM planes LIMIT 5", "Top 2.5 planes"),
    ("fewer than one", "Top 5 planes", "SELECT tailnum FROM planes LIMIT 5", "Top 0 planes"),
    ("no literal", "How many flights?", "SELECT COUNT(*) FROM flights", "How many planes?"),
    ("a factor", "Share per 100 flights", "SELECT 100 * AVG(hour) FROM flights", "Share per 50 flights"),
    (
        "a wildcard in quotes",
        "Airlines with 'Air' inside",
        "SELECT name FROM airlines WHERE name LIKE '%Air%'",
        "Airlines with '%' inside",
    ),
    ("no date", "Since 2013-05-01", "SELECT 1 FROM flights WHERE time_hour > '2013-05-01'", "Since 2013-99-99"),
    ("a negative number", "Early by 15", "SELECT 1 FROM flights WHERE dep_delay < -15", "Early by 20"),
]


@pytest.mark.parametrize(("stored", "sql", "asked", "expected"), FOUND, ids=[case[2] for case in FOUND])
def test_other_values_take_their_places(
    stored: str, sql: str, asked: str, expected: str, demo_catalog: Catalog
) -> None:
    assert variant(asked, Pair(question=stored, sql=sql), demo_catalog) == expected


@pytest.mark.parametrize(("why", "stored", "sql", "asked"), NOT_FOUND, ids=[case[0] for case in NOT_FOUND])
def test_whatever_is_in_doubt_is_left_alone(why: str, stored: str, sql: str, asked: str, demo_catalog: Catalog) -> None:
    assert variant(asked, Pair(question=stored, sql=sql), demo_catalog) is None, why
