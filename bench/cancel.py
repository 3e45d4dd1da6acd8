"""From `POST /jobs/{id}/cancel` to the moment the query has stopped in its database."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import psycopg

from bench.backend import Stage
from bench.effort import Effort
from bench.measurement import Measurement, Row
from bench.samples import Latencies
from bench.site import asked_site
from bench.thread_time import busiest_thread, last_progress
from rowcall_contracts.pipelines import Service
from rowcall_databases.testing import running_postgres
from tests.integration.api import Api, eventually
from tests.integration.heavy_query import LARGEST, count_pairs_sql, numbers_database

RUNNING = """
SELECT count(*) FROM pg_stat_activity
WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
POLL_S = 0.005
STOP_TIMEOUT_S = 15
Watch = Callable[[], Callable[[], float]]
"""Waits until the query runs; returns what waits until it has stopped and returns that `perf_counter` instant."""


def run(stage: Stage, effort: Effort) -> list[Row]:
    """Measures SQLite, then PostgreSQL where it runs."""
    with asked_site(stage) as site, site.deployment.client() as client:
        api = Api(client)
        executor = psutil.Process(site.deployment.services[Service.EXECUTOR].pid)
        numbers = api.connect(numbers_database(site.deployment.folder / "data" / "numbers.sqlite"), name="numbers")
        rows = [_row("SQLite", _cancels(api, numbers, effort.cancels, watch=lambda: _sqlite_running(executor)))]
        try:
            with _postgres_numbers() as (uri, watching):
                connection = api.client.post("/connections", json={"name": "postgres", "uri": uri}).json()["id"]
                watch: Watch = lambda: _postgres_running(watching)  # noqa: E731
                rows.append(_row("PostgreSQL", _cancels(api, connection, effort.cancels, watch=watch)))
        except (ImportError, OSError, subprocess.SubprocessError) as error:
            rows.append(("PostgreSQL", "0", f"not available: {type(error).__name__}", ""))
        return rows


def _cancels(api: Api, connection: str, count: int, *, watch: Watch) -> Latencies:
    return Latencies([_cancel(api, connection, watch) for _ in range(count)])


def _cancel(api: Api, connection: str, watch: Watch) -> float:
    job = api.submit("execute_sql", {"connection_id": connection, "sql": count_pairs_sql(LARGEST)})
    stopped = watch()
    started = time.perf_counter()
    answer = api.client.post(f"/jobs/{job['id']}/cancel")
    assert answer.json()["state"] == "cancelled", answer.text
    return max(0.0, stopped() - started)


def _sqlite_running(executor: psutil.Process) -> Callable[[], float]:
    thread = busiest_thread(executor, timeout_s=STOP_TIMEOUT_S)
    return lambda: last_progress(executor, thread, timeout_s=STOP_TIMEOUT_S)


def _postgres_running(watching: Callable[[], int]) -> Callable[[], float]:
    eventually(watching, every_s=POLL_S)

    def stopped() -> float:
        eventually(lambda: watching() == 0, within_s=STOP_TIMEOUT_S, every_s=POLL_S)
        return time.perf_counter()

    return stopped


@contextmanager
def _postgres_numbers() -> Iterator[tuple[str, Callable[[], int]]]:
    with running_postgres() as server, psycopg.connect(server.uri(), autocommit=True) as watch:
        watch.execute(f"CREATE TABLE numbers AS SELECT generate_series(0, {LARGEST - 1}) AS n")

        def running() -> int:
            row = watch.execute(RUNNING).fetchone()
            return int(row[0]) if row else 0

        yield server.uri(), running


def _row(database: str, found: Latencies) -> Row:
    return (database, str(len(found.seconds)), found.p50_p99_ms, f"{max(found.seconds) * 1000:.0f}")


MEASUREMENT = Measurement(
    name="cancel",
    title="Cancelling a heavy query",
    method=(
        "One query at a time keeps a core busy; from before the cancel request is sent until, for SQLite, the "
        "query's thread uses no more processor time (its clock ticks every 10 ms) and, for PostgreSQL, "
        "`pg_stat_activity` shows nothing (asked every 5 ms). Goal: p99 ≤ 1 s."
    ),
    header=("backend", "database", "cancels", "p50 / p99 ms", "longest ms"),
    run=run,
    everywhere=False,
)
