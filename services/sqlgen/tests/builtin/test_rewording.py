"""Questions are put into words that the engine reads; what is called otherwise in the data stays as it is."""

import pytest

from rowcall_sqlgen.builtin.rewording import reworded
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.words import words
from services.sqlgen.tests.script_database import introspected, made_by

SCRIPT = """
CREATE TABLE salespersons (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);
CREATE TABLE customers (id INTEGER PRIMARY KEY, city VARCHAR(20) NOT NULL, state VARCHAR(2) NOT NULL);
CREATE TABLE sales (
    id INTEGER PRIMARY KEY, salesperson_id INTEGER REFERENCES salespersons (id),
    customer_id INTEGER REFERENCES customers (id), sale_price INTEGER NOT NULL
);
CREATE TABLE checkin (id INTEGER PRIMARY KEY, airport VARCHAR(3) NOT NULL, count INTEGER NOT NULL);
CREATE TABLE cars (id INTEGER PRIMARY KEY, model VARCHAR(9) NOT NULL, manufacturer VARCHAR(9) NOT NULL);
INSERT INTO salespersons VALUES (1, 'Ann'), (2, 'Bob');
INSERT INTO customers VALUES (1, 'New York', 'NY'), (2, 'Austin', 'TX'), (3, 'Buffalo', 'NY');
INSERT INTO sales VALUES (1, 1, 1, 10), (2, 1, 2, 20), (3, 2, 3, 20);
INSERT INTO checkin VALUES (1, 'LAX', 4), (2, 'JFK', 6);
INSERT INTO cars VALUES (1, 'One', 'Bolt'), (2, 'Two', 'Wind');
"""


@pytest.fixture(scope="module")
def dealer_index(tmp_path_factory: pytest.TempPathFactory) -> SchemaIndex:
    return build_index(introspected(made_by(SCRIPT, tmp_path_factory.mktemp("dealer") / "dealer.sqlite")))


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("sales per city", "sales for each city"),
        ("Who makes the cars?", "which manufacturer makes the cars"),
        ("Who made the most sales?", "which manufacturer made the most sales"),
        ("How many check-ins were there?", "How many checkins were there"),
        ("check-ins from Los Angeles (LAX) to New York (JFK)", "checkins from LAX to JFK"),
        ("top 3 sales representatives by revenue", "top 3 salespersons by sale price"),
        ("the total sales amount of each customer", "the total sale price of each customer"),
        ("total sales count", "total sales count"),
        ("customer signups in each state", "customers in each state"),
        ("best selling model by number of sales", "model by number of sales"),
        ("customers in the state of New York", "customers in the state of NY"),
        ("customers in New York", "customers in New York"),
    ],
)
def test_question_is_said_in_words_of_the_data(question: str, said: str, dealer_index: SchemaIndex) -> None:
    assert " ".join(word.text for word in reworded(words(question), dealer_index)) == said


def test_nothing_is_reworded_where_the_data_has_other_names(shop_index: SchemaIndex) -> None:
    for question in ("Who makes the orders?", "top 3 sales representatives", "check-ins by country"):
        assert reworded(words(question), shop_index) == words(question)
