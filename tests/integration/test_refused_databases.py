"""URIs and statements that the executor refuses, asked for over HTTP: right problem, nothing kept, nothing told."""

import re
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest

from tests.integration.api import Api
from tests.integration.deployment import Deployment
from tests.integration.small_database import small_database

SECRET = "s3cr3t-word"
LEAKS = re.compile(rf"Traceback|\.py\b|site-packages|sqlite3\.|psycopg|pymysql|{SECRET}", re.IGNORECASE)

URIS = {
    "a missing file": ("sqlite:///{data}/missing.sqlite", "location-refused"),
    "a directory": ("sqlite:///{data}", "connection-failed"),
    "a text file": ("sqlite:///{data}/refused.txt", "connection-failed"),
    "an empty file": ("sqlite:///{data}/empty.sqlite", "connection-failed"),
    "a DuckDB file as SQLite": ("sqlite:///{data}/refused.duckdb", "connection-failed"),
    "a SQLite file as DuckDB": ("duckdb:///{data}/refused.sqlite", "connection-failed"),
    "a file outside the roots": ("sqlite:///{outside}/outside.sqlite", "location-refused"),
    "a file of the system": ("sqlite:////etc/passwd", "location-refused"),
    "a link out of the roots": ("sqlite:///{data}/link.sqlite", "location-refused"),
    "a linked folder out of the roots": ("sqlite:///{data}/linked/outside.sqlite", "location-refused"),
    "a loop of links": ("sqlite:///{data}/loop.sqlite", "location-refused"),
    "dots out of the roots": ("sqlite:///{data}/../../outside/outside.sqlite", "location-refused"),
    "encoded dots out of the roots": ("sqlite:///{data}/%2e%2e/%2e%2e/outside/outside.sqlite", "location-refused"),
    "no file": ("sqlite://", "invalid-request"),
    "a database in memory": ("sqlite:///:memory:", "invalid-request"),
    "a relative file": ("sqlite:///refused.sqlite", "invalid-request"),
    "an option that loads an extension": (
        "sqlite:///{data}/refused.sqlite?load_extension=/tmp/evil.so",
        "location-refused",
    ),
    "an option of SQLite's own URIs": ("sqlite:///{data}/refused.sqlite?mode=rwc", "location-refused"),
    "a DuckDB option that reads files": ("duckdb:///{data}/refused.duckdb?custom_user_agent=x", "location-refused"),
    "a PostgreSQL option that reads a file": (
        "postgresql://u:{secret}@127.0.0.1/d?sslrootcert=/etc/passwd",
        "location-refused",
    ),
    "a PostgreSQL option that reads a password file": (
        "postgresql://u@127.0.0.1/d?passfile=/etc/passwd",
        "location-refused",
    ),
    "a PostgreSQL service file": ("postgresql://u@127.0.0.1/d?service=x", "location-refused"),
    "a MySQL option that sends files": ("mysql://u:{secret}@127.0.0.1/d?local_infile=1", "location-refused"),
    "a MySQL option that runs SQL": (
        "mysql://u:{secret}@127.0.0.1/d?init_command=SET+GLOBAL+read_only%3D0",
        "location-refused",
    ),
    "a MySQL socket of this machine": ("mysql://u@127.0.0.1/d?unix_socket=/run/mysqld.sock", "location-refused"),
    "a private MySQL host": ("mysql://u:{secret}@10.0.0.1/d", "location-refused"),
    "a MySQL port nobody listens at": ("mysql://u:{secret}@127.0.0.1:1/d", "connection-failed"),
    "a second host in the options": ("postgresql://u@127.0.0.1/d?host=10.0.0.1", "location-refused"),
    "a socket of this machine": ("postgresql://u@%2Fvar%2Frun%2Fpostgresql/d", "location-refused"),
    "a private host": ("postgresql://u:{secret}@10.0.0.1/d", "location-refused"),
    "the cloud's metadata host": ("postgresql://u:{secret}@169.254.169.254/d", "location-refused"),
    "a private IPv6 host": ("postgresql://u:{secret}@[fd00::1]/d", "location-refused"),
    "an IPv4 address in IPv6": ("postgresql://u:{secret}@[::ffff:10.0.0.1]/d", "location-refused"),
    "a port nobody listens at": ("postgresql://u:{secret}@127.0.0.1:1/d", "connection-failed"),
    "a dialect that is not served": ("oracle://u:{secret}@127.0.0.1/d", "invalid-request"),
    "a driver that is not served": ("postgresql+asyncpg://u:{secret}@127.0.0.1/d", "invalid-request"),
    "no URI at all": ("not a uri", "invalid-request"),
}

STATEMENTS = {
    "an update": "UPDATE items SET price = 0",
    "a deletion": "DELETE FROM items",
    "a table dropped": "DROP TABLE items",
    "two statements": "SELECT 1; DELETE FROM items",
    "a write behind a comment": "/* SELECT */ DELETE FROM items",
    "a write in a CTE": "WITH gone AS (DELETE FROM items RETURNING id) SELECT * FROM gone",
    "another file": "ATTACH DATABASE '/etc/passwd' AS other",
    "a pragma": "PRAGMA table_info(items)",
    "an extension": "SELECT load_extension('/tmp/evil.so')",
    "a file read": "SELECT readfile('/etc/passwd')",
    "a file written": "SELECT writefile('/tmp/x', 'y')",
    "the pages of the file": "SELECT * FROM sqlite_dbpage",
    "no statement": "-- nothing",
    "no SQL": "how many items are there?",
}


@pytest.fixture(scope="module")
def places(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files that must not be opened, below the deployment's root and beside it."""
    data = deployment.folder / "data"
    outside = deployment.folder / "outside"
    outside.mkdir()
    small_database(outside / "outside.sqlite")
    small_database(data / "refused.sqlite")
    duckdb.connect(str(data / "refused.duckdb")).close()
    (data / "refused.txt").write_text(
        f"{SECRET} is in this text, which is long enough for the head of a database.\n" * 3
    )
    (data / "empty.sqlite").touch()
    (data / "link.sqlite").symlink_to(outside / "outside.sqlite")
    (data / "linked").symlink_to(outside)
    (data / "loop.sqlite").symlink_to(data / "loop.sqlite")
    return {"data": quote(str(data)), "outside": quote(str(outside)), "secret": SECRET}


@pytest.mark.parametrize("case", URIS)
def test_a_bad_uri_is_refused_and_nothing_is_kept(
    api: Api, deployment: Deployment, places: dict[str, str], case: str
) -> None:
    uri, problem = URIS[case]
    before = connections(api)

    answer = api.client.post("/connections", json={"name": case, "uri": uri.format(**places)})

    assert (answer.status_code, answer.json()["type"]) == (422, f"/problems/{problem}"), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not LEAKS.search(answer.text), answer.text
    assert str(deployment.folder) not in answer.text
    assert connections(api) == before


@pytest.mark.parametrize("case", STATEMENTS)
def test_a_bad_statement_is_refused_and_changes_nothing(api: Api, deployment: Deployment, case: str) -> None:
    path = small_database(deployment.folder / "data" / f"statements-{list(STATEMENTS).index(case)}.sqlite")
    connection, before = api.connect(path, name=case), path.read_bytes()

    job = api.submit("execute_sql", {"connection_id": connection, "sql": STATEMENTS[case]})
    ended = api.ended(str(job["id"]))

    assert (ended["state"], ended["error"]["type"]) == ("failed", "/problems/sql-refused"), ended
    assert ended["error"]["detail"]
    assert not LEAKS.search(str(ended["error"])), ended
    assert path.read_bytes() == before
    assert sorted(each.name for each in Path(path.parent).glob(f"{path.stem}*")) == [path.name]


def connections(api: Api) -> list[str]:
    """The ids of all connections."""
    return [each["id"] for each in api.client.get("/connections", params={"limit": 100}).json()["data"]]
