"""A MySQL connection, end to end: registered, introspected, asked, and never written to."""

from collections.abc import Iterator

import pytest

from tests.integration.api import Api, eventually
from tools.testing.mysql_server import MysqlServer

SCRIPT = """
CREATE TABLE brands (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL) COMMENT 'who makes the bicycles';
CREATE TABLE bicycles (
    id INT PRIMARY KEY, model VARCHAR(40) NOT NULL, price DECIMAL(8, 2), built DATE, brand_id INT NOT NULL,
    FOREIGN KEY (brand_id) REFERENCES brands (id));
INSERT INTO brands VALUES (1, 'Flandria'), (2, 'Gazelle');
INSERT INTO bicycles VALUES
    (1, 'Record', 999.50, '2020-05-01', 1), (2, 'Chamois', 1250.00, '2021-06-01', 2), (3, 'Primeur', NULL, NULL, 2);
"""


@pytest.fixture(scope="module")
def bicycles(mysql_server: MysqlServer) -> Iterator[str]:
    """The URI of a database of its own, for a user who may write there."""
    with mysql_server.database(SCRIPT) as name:
        yield mysql_server.uri(name)


@pytest.fixture
def connection(api: Api, bicycles: str) -> str:
    """A connection to it."""
    answer = api.client.post("/connections", json={"name": "bicycles", "uri": bicycles})
    assert (answer.status_code, answer.json()["state"], answer.json()["dialect"]) == (201, "ready", "mysql"), (
        answer.text
    )
    return str(answer.json()["id"])


def test_a_question_is_answered_from_mysql(api: Api, connection: str) -> None:
    job = api.ask(connection, "How many bicycles are there per brand?")

    assert job["state"] == "succeeded", job
    output = job["output"]
    assert output["dialect"] == "mysql"
    assert sorted(row[-1] for row in output["rows"]) == [1, 2]
    assert "2" in output["answer"]


def test_the_most_expensive_one_is_no_null(api: Api, connection: str) -> None:
    job = api.ask(connection, "Which bicycle is the most expensive?")

    assert job["state"] == "succeeded", job
    assert "Chamois" in str(job["output"]["rows"])


def test_a_statement_answers_with_typed_rows_and_a_write_is_refused(
    api: Api, connection: str, bicycles: str, mysql_server: MysqlServer
) -> None:
    good = api.submit(
        "execute_sql", {"connection_id": connection, "sql": "SELECT price, built FROM bicycles WHERE id = 1"}
    )
    output = api.ended(good["id"])["output"]
    bad = api.ended(api.submit("execute_sql", {"connection_id": connection, "sql": "DELETE FROM bicycles"})["id"])

    assert output["rows"] == [["999.50", "2020-05-01"]]
    assert [column["type"] for column in output["columns"]] == ["decimal", "date"]
    assert (bad["state"], bad["error"]["type"]) == ("failed", "/problems/sql-refused")
    with mysql_server.connect(bicycles.rpartition("/")[2]) as direct, direct.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bicycles")
        assert cursor.fetchone() == (3,)


def test_the_data_is_summarised(api: Api, connection: str) -> None:
    job = api.submit("summarize_data", {"connection_id": connection})
    output = api.ended(job["id"])["output"]

    assert {table["name"]: table["row_count"] for table in output["tables"]} == {"brands": 2, "bicycles": 3}
    assert "MySQL" in output["text"]


def test_cancelling_stops_the_statement_in_the_server(
    api: Api, connection: str, bicycles: str, mysql_server: MysqlServer
) -> None:
    numbers = "WITH RECURSIVE d (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 3000)"
    heavy = f"{numbers} SELECT sum(a.n + b.n + c.n) FROM d AS a, d AS b, d AS c"
    job = api.submit("execute_sql", {"connection_id": connection, "sql": heavy})
    database = bicycles.rpartition("/")[2]
    eventually(lambda: statements(mysql_server, database), seen=lambda: api.job(job["id"]))

    api.client.post(f"/jobs/{job['id']}/cancel")

    assert api.ended(job["id"])["state"] == "cancelled"
    eventually(lambda: not statements(mysql_server, database))


def statements(server: MysqlServer, database: str) -> list[tuple[object, ...]]:
    """Returns the sessions that run something there."""
    with server.connect() as direct, direct.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s AND command <> 'Sleep'", [database])
        return list(cursor.fetchall())
