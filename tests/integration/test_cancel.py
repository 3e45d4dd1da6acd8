"""A cancelled job's query stops in its database."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from rowcall_contracts.pipelines import Service
from rowcall_databases.testing import running_postgres
from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment

DEADLINE_S = 10
START_S = 30
BUSY_PERCENT = 15
"""Of one core: an idle executor takes a few, a query all it can get."""

HEAVY_SQLITE = (
    "SELECT count(*) FROM flights AS a JOIN flights AS b ON a.carrier = b.carrier AND a.distance < b.distance"
)
HEAVY_POSTGRES = "SELECT count(*) FROM numbers AS a JOIN numbers AS b ON a.n <> b.n"
RUNNING = """
SELECT count(*) FROM pg_stat_activity
WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL with a table of 100,000 numbers; yields a URI over TCP."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server.uri()


def cancelled(api: Api, connection: str, sql: str, *, running: Callable[[], object]) -> float:
    """Cancels a job in the middle of its query; returns the monotonic instant before the cancel."""
    job = api.submit("execute_sql", {"connection_id": connection, "sql": sql})
    eventually(running, within_s=START_S)
    started = time.monotonic()
    answer = api.client.post(f"/jobs/{job['id']}/cancel")
    assert answer.status_code == 200
    assert answer.json()["state"] == "cancelled"
    return started


def test_a_heavy_sqlite_query_stops_when_its_job_is_cancelled(api: Api, deployment: Deployment, flights: Path) -> None:
    executor = psutil.Process(deployment.services[Service.EXECUTOR].pid)

    def busy() -> bool:
        return executor.cpu_percent(interval=0.5) > BUSY_PERCENT

    started = cancelled(api, api.connect(flights, name="heavy"), HEAVY_SQLITE, running=busy)
    eventually(lambda: not busy(), within_s=DEADLINE_S)
    print(f"stopped after {time.monotonic() - started:.2f} s")


def test_a_heavy_postgres_query_stops_when_its_job_is_cancelled(api: Api, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as watch:
        watch.execute("CREATE TABLE numbers AS SELECT generate_series(1, 100000) AS n")

        def running() -> int:
            row = watch.execute(RUNNING).fetchone()
            return int(row[0]) if row else 0

        started = cancelled(api, connect(api, postgres), HEAVY_POSTGRES, running=running)
        eventually(lambda: running() == 0, within_s=DEADLINE_S)
        print(f"pg_stat_activity was empty after {time.monotonic() - started:.2f} s")


def connect(api: Api, uri: str) -> str:
    """Adds a PostgreSQL connection."""
    answer = api.client.post("/connections", json={"name": "postgres", "uri": uri})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
