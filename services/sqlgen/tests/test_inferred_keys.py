"""Keys that a database does not declare: which ones names, uniqueness and values tell, and which they must not."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.builtin.grammar_answer import answer
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.inferred_keys import with_inferred_keys
from rowcall_sqlgen.engine.marks import ColumnRef
from tools.training.corpus import catalog_of

AIRLINE = Path(__file__).with_name("airline.sql")

REFERENCES = {
    "airport.city_name": "city.city_name",  # a text key
    "flight.airline_id": "airline.airline_id",  # namesakes
    "flight.from_airport": "airport.airport_code",  # a role
    "flight.to_airport": "airport.airport_code",
    "duty.flight_id": "flight.flight_id",  # a bridge
    "duty.steward_id": "steward.id",  # the table's name and `id`
    "guide.aid": "author.aid",  # initials
    "guide_award.aid": "author.aid",
    "train.start_station_id": "station.id",  # a role and the table's name
    "train.end_station_id": "station.id",
}
PRIMARY_KEYS = {
    "city": "city_name",
    "airport": "airport_code",
    "airline": "airline_id",
    "flight": "flight_id",
    "steward": "id",
    "author": "aid",
    "guide": "gid",
    "guide_award": "award_id",
    "duty": "",
    "station": "id",
    "train": "train_id",
}
MAKERS = "CREATE TABLE maker (id INTEGER, label TEXT); INSERT INTO maker VALUES (1, 'u'), (2, 'u'), (3, 'v');"
PLANTS = """
CREATE TABLE maker (maker_id INTEGER PRIMARY KEY, label TEXT);
CREATE TABLE plant (pid INTEGER PRIMARY KEY, label TEXT);
INSERT INTO maker VALUES (1, 'u'), (2, 'u');
INSERT INTO plant VALUES (1, 'u'), (2, 'u');
"""
NOT_INFERRED = {
    "first names of two kinds of persons": """
        CREATE TABLE customer (customer_id INTEGER, first_name TEXT);
        CREATE TABLE clerk (clerk_id INTEGER, first_name TEXT);
        INSERT INTO customer VALUES (1, 'Ann'), (2, 'Bob');
        INSERT INTO clerk VALUES (11, 'Ann'), (12, 'Bob');
    """,
    "a name that is repeated beside the key": """
        CREATE TABLE customer (customer_id INTEGER, customer_name TEXT);
        CREATE TABLE ticket (ticket_id INTEGER, customer_name TEXT);
        INSERT INTO customer VALUES (1, 'Ann'), (2, 'Bob');
        INSERT INTO ticket VALUES (71, 'Ann'), (72, 'Bob');
    """,
    "names of two kinds of things": """
        CREATE TABLE singer (name TEXT, age INTEGER);
        CREATE TABLE song (song_id INTEGER, name TEXT);
        INSERT INTO singer VALUES ('Anna', 30), ('Jolene', 30);
        INSERT INTO song VALUES (71, 'Anna'), (72, 'Jolene');
    """,
    "a code that no two customers happen to share": """
        CREATE TABLE customer (customer_id INTEGER, zip_code TEXT);
        CREATE TABLE shop (shop_id INTEGER, zip_code TEXT);
        INSERT INTO customer VALUES (1, '8001'), (2, '8002');
        INSERT INTO shop VALUES (71, '8001'), (72, '8001');
    """,
    "a number of games": """
        CREATE TABLE game (game_id INTEGER, venue TEXT);
        CREATE TABLE team (team_id INTEGER, home_games INTEGER);
        INSERT INTO game VALUES (1, 'x'), (2, 'x'), (3, 'x');
        INSERT INTO team VALUES (71, 1), (72, 2);
    """,
    "a number that once is beyond the ids": f"""
        {MAKERS} CREATE TABLE car (car_id INTEGER, first_maker INTEGER);
        INSERT INTO car VALUES (71, 1), (72, 2), (73, 9);
    """,
    "no value in common": f"""
        {MAKERS} CREATE TABLE car (car_id INTEGER, maker_id INTEGER); INSERT INTO car VALUES (71, 81), (72, 82);
    """,
    "more orphans than children": f"""
        {MAKERS} CREATE TABLE car (car_id INTEGER, maker_id INTEGER);
        INSERT INTO car VALUES (71, 1), (72, 81), (73, 82);
    """,
    "a parent with an id twice": """
        CREATE TABLE maker (id INTEGER, label TEXT);
        CREATE TABLE car (car_id INTEGER, maker_id INTEGER);
        INSERT INTO maker VALUES (1, 'u'), (1, 'v'), (2, 'w');
        INSERT INTO car VALUES (71, 1), (72, 2);
    """,
    "a parent without an id": """
        CREATE TABLE maker (id INTEGER, label TEXT);
        CREATE TABLE car (car_id INTEGER, maker_id INTEGER);
        INSERT INTO maker VALUES (1, 'u'), (2, 'v'), (NULL, 'w');
        INSERT INTO car VALUES (71, 1), (72, 2);
    """,
    "tables without rows": """
        CREATE TABLE maker (id INTEGER, label TEXT); CREATE TABLE car (car_id INTEGER, maker_id INTEGER);
    """,
    "ids of two tables": """
        CREATE TABLE person (id INTEGER, age INTEGER);
        CREATE TABLE passport (id INTEGER, year INTEGER);
        INSERT INTO person VALUES (1, 30), (2, 30);
        INSERT INTO passport VALUES (1, 2020), (2, 2020);
    """,
    "the parent of a row in the same table": """
        CREATE TABLE part (part_id INTEGER, whole_part_id INTEGER); INSERT INTO part VALUES (1, 1), (2, 1), (3, 1);
    """,
    "a view of the parents": f"""
        {MAKERS} ALTER TABLE maker RENAME TO firm; CREATE VIEW maker AS SELECT id, label FROM firm;
        CREATE TABLE car (car_id INTEGER, maker_id INTEGER); INSERT INTO car VALUES (71, 1), (72, 2);
    """,
}
"""Each of them is one step away from a reference."""

HUNDREDS = """
CREATE TABLE maker (id INTEGER, label TEXT);
CREATE TABLE car (car_id INTEGER, {column});
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) INSERT INTO maker SELECT i, 'u' FROM n;
WITH RECURSIVE n (i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {first} + 300)
    INSERT INTO car SELECT 1000 + i, i FROM n;
"""
"""More values than the profile lists, so that only their range is known."""

Opened = Callable[[str], Mapping[str, Table]]


@pytest.fixture(scope="module")
def airline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("airline") / "airline.sqlite"
    _create(path, AIRLINE.read_text(encoding="utf-8"))
    return path


@pytest.fixture(scope="module")
def index(airline: Path) -> SchemaIndex:
    return build_index(catalog_of(airline))


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """Makes a database of a script and returns the tables of its index."""

    def tables(script: str) -> Mapping[str, Table]:
        path = tmp_path / "made.sqlite"
        _create(path, script)
        return build_index(catalog_of(path)).tables

    return tables


def _create(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def references(tables: Mapping[str, Table]) -> dict[str, str]:
    """All references, single columns all of them, as written in `REFERENCES`."""
    return {
        f"{table.name}.{key.columns[0]}": f"{key.referred_table}.{key.referred_columns[0]}"
        for table in tables.values()
        for key in table.foreign_keys
    }


def test_references_are_told_by_names_and_values_and_no_others_are(index: SchemaIndex) -> None:
    assert references(index.tables) == REFERENCES


def test_the_key_of_each_table_is_found_and_a_bridge_has_none(index: SchemaIndex) -> None:
    assert {name: ".".join(table.primary_key) for name, table in index.tables.items()} == PRIMARY_KEYS


@pytest.mark.parametrize("script", NOT_INFERRED.values(), ids=NOT_INFERRED)
def test_what_only_looks_like_a_reference_is_none(script: str, opened: Opened) -> None:
    assert references(opened(script)) == {}


@pytest.mark.parametrize(
    ("column", "values"),
    [("maker_id", "(71, 1), (72, 2)"), ("maker_id", "(71, 1), (72, 81)"), ("first_maker", "(71, 1), (72, 2)")],
    ids=["all values", "half of the values", "all values of a column that no key word ends"],
)
def test_values_that_are_among_the_parents_make_a_reference(column: str, values: str, opened: Opened) -> None:
    script = f"{MAKERS} CREATE TABLE car (car_id INTEGER, {column} INTEGER); INSERT INTO car VALUES {values};"

    assert references(opened(script)) == {f"car.{column}": "maker.id"}


@pytest.mark.parametrize(
    ("column", "first", "found"),
    [
        ("maker_id INTEGER", 1, True),
        ("maker_id INTEGER", 250, True),
        ("maker_id INTEGER", 301, False),
        ("maker_id TEXT", 1, False),
        ("first_maker INTEGER", 1, False),
    ],
)
def test_many_values_are_compared_by_kind_and_range(column: str, first: int, found: bool, opened: Opened) -> None:
    tables = opened(HUNDREDS.format(column=column, first=first))

    assert references(tables) == ({"car.maker_id": "maker.id"} if found else {})


def test_views_have_neither_keys_nor_references(opened: Opened) -> None:
    tables = opened(
        f"{MAKERS} CREATE TABLE car (car_id INTEGER, maker_id INTEGER); INSERT INTO car VALUES (71, 1), (72, 2);"
        "CREATE VIEW cheap AS SELECT car_id, maker_id FROM car;"
    )

    assert references(tables) == {"car.maker_id": "maker.id"}
    assert tables["cheap"].primary_key == ()


def test_a_view_whose_rows_are_counted_is_still_a_view(tmp_path: Path) -> None:
    path = tmp_path / "made.sqlite"
    _create(path, f"{MAKERS} CREATE TABLE car (car_id INTEGER, maker_id INTEGER); INSERT INTO car VALUES (71, 1);")
    maker, car = (catalog_of(path).table(name) for name in ("maker", "car"))
    assert maker is not None
    assert car is not None
    tables = with_inferred_keys(
        {"maker": maker.model_copy(update={"is_view": True, "primary_key": ("id",)}), "car": car}
    )
    viewed = with_inferred_keys({"maker": maker.model_copy(update={"is_view": True})})

    assert references(tables) == {}
    assert viewed["maker"].primary_key == ()


def test_declared_keys_stay_and_only_other_columns_get_references(opened: Opened) -> None:
    tables = opened(
        PLANTS + "CREATE TABLE car (maker_id INTEGER REFERENCES plant (pid), plant_id INTEGER, car_id INTEGER,"
        "PRIMARY KEY (maker_id, plant_id)); INSERT INTO car VALUES (1, 1, 71), (2, 2, 72);"
    )

    assert references(tables) == {"car.maker_id": "plant.pid", "car.plant_id": "plant.pid"}
    assert tables["car"].foreign_keys[0].columns == ("maker_id",)
    assert tables["car"].primary_key == ("maker_id", "plant_id")


def test_a_column_that_refers_by_declaration_is_not_referred_to(opened: Opened) -> None:
    tables = opened(
        PLANTS + "CREATE TABLE lease (site_id INTEGER PRIMARY KEY REFERENCES plant (pid), rent INTEGER);"
        "CREATE TABLE visit (visit_id INTEGER, site_id INTEGER);"
        "INSERT INTO lease VALUES (1, 5), (2, 5); INSERT INTO visit VALUES (71, 1), (72, 2);"
    )

    assert references(tables) == {"lease.site_id": "plant.pid"}


def test_of_several_parents_the_one_that_the_key_is_named_after_counts(opened: Opened) -> None:
    tables = opened(
        "CREATE TABLE bill (purchase_id INTEGER, total INTEGER); INSERT INTO bill VALUES (1, 9), (2, 9);"
        "CREATE TABLE purchase (purchase_id INTEGER, day TEXT); INSERT INTO purchase VALUES (1, 'Mon'), (2, 'Mon');"
        "CREATE TABLE refund (refund_id INTEGER, purchase_id INTEGER); INSERT INTO refund VALUES (71, 1), (72, 2);"
    )

    assert references(tables) == {
        "bill.purchase_id": "purchase.purchase_id",
        "refund.purchase_id": "purchase.purchase_id",
    }


@pytest.mark.parametrize(
    ("other", "key"),
    [
        ("tax_code", "id"),
        ("tax_code", "person_number"),
        ("tax_code", "pid"),
        ("label", "person"),
        ("label", "tax_code"),
    ],
)
def test_of_several_unique_columns_the_likeliest_is_the_key(other: str, key: str, opened: Opened) -> None:
    tables = opened(
        f"CREATE TABLE person ({other} TEXT, {key} TEXT, age INTEGER);"
        "INSERT INTO person VALUES ('a', 'b', 30), ('c', 'd', 30);"
    )

    assert tables["person"].primary_key == (key,)


def test_the_key_of_a_one_to_one_table_refers_and_is_not_referred_to(opened: Opened) -> None:
    tables = opened(
        "CREATE TABLE account (account_id INTEGER, age INTEGER); INSERT INTO account VALUES (1, 30), (2, 30);"
        "CREATE TABLE account_photo (account_id INTEGER, size INTEGER);"
        "INSERT INTO account_photo VALUES (1, 9), (2, 9);"
    )

    assert references(tables) == {"account_photo.account_id": "account.account_id"}


def test_two_tables_do_not_refer_to_each_other_by_the_same_column(opened: Opened) -> None:
    tables = opened(
        "CREATE TABLE sowing (batch_id INTEGER, seed TEXT); INSERT INTO sowing VALUES (1, 'rye'), (2, 'rye');"
        "CREATE TABLE harvest (batch_id INTEGER, weight INTEGER); INSERT INTO harvest VALUES (1, 40), (2, 40);"
    )

    assert len(references(tables)) <= 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many flights does each airline have?", [("Alitalia", 1), ("Latam", 1), ("Norwegian", 3)]),
        ("Show the titles of guides by Eco", [("Popes",), ("Ruins",)]),
        ("Show the steward names of flights of Norwegian", [("Eva",), ("Ida",), ("Ugo",)]),
    ],
)
def test_a_question_over_undeclared_keys_gets_the_right_rows(
    question: str, expected: list[tuple[str | int, ...]], airline: Path, index: SchemaIndex, today: date
) -> None:
    best = answer(question, index, today).candidates[0]
    with closing(sqlite3.connect(airline)) as data:
        assert sorted(data.execute(best.sql)) == expected


def test_an_inferred_key_is_walked_like_a_declared_one(index: SchemaIndex) -> None:
    assert index.graph.parent_of(ColumnRef("flight", "to_airport")) == ColumnRef("airport", "airport_code")
    assert index.is_key(ColumnRef("duty", "steward_id"))
    assert not index.is_key(ColumnRef("flight", "price"))
