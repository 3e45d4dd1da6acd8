"""Databases between jobs: as good as new ones for the next job, never two jobs' at once, and none too many."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from libs.runtime.tests.waiting import until
from rowcall_contracts.results import Cell
from rowcall_databases.access import AccessPolicy
from rowcall_databases.database import Database
from rowcall_databases.errors import QueryError, QueryTimeout
from rowcall_databases.limits import QueryLimits
from rowcall_databases.location import Location, parse_uri
from rowcall_databases.testing import LOOPBACK_POLICY, PostgresServer
from rowcall_executor.database_pool import DatabasePool, PoolLimits
from services.executor.tests.office import ITEMS, SHOP, Office, duckdb_file, postgres_shop, sqlite_file

PID = "SELECT pg_backend_pid()"
FIRST_NAME = "SELECT name FROM item WHERE id = 1"


class Monotonic:
    """Seconds that pass only when told to."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def utc_now() -> datetime:
    return datetime.now(UTC)


def at(uri: str, policy: AccessPolicy = LOOPBACK_POLICY) -> Location:
    return parse_uri(uri, policy)


async def first_cell(database: Database, sql: str, *, timeout_s: float = 10) -> Cell:
    return (await database.query(sql, QueryLimits(timeout_s=timeout_s, max_rows=10))).rows[0][0]


async def pid_lent(pool: DatabasePool, uri: str, *, connection_id: str = "conn_1") -> Cell:
    """The server process that serves a job of the connection."""
    async with pool.lend(connection_id, at(uri)) as database:
        return await first_cell(database, PID)


@asynccontextmanager
async def lent_at_once(
    pool: DatabasePool, uri: str, count: int, *, connection_id: str = "conn_1"
) -> AsyncIterator[None]:
    """As many jobs of one connection side by side."""
    async with AsyncExitStack() as stack:
        for _ in range(count):
            await first_cell(await stack.enter_async_context(pool.lend(connection_id, at(uri))), PID)
        yield


def living(server: PostgresServer, *pids: Cell) -> list[Cell]:
    """Which of the server's processes still run."""
    with psycopg.connect(server.uri()) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE pid = ANY(%s)", [list(pids)]).fetchall()
    return [pid for (pid,) in found]


async def test_the_next_job_of_a_connection_gets_its_session_and_no_other_connection_does(
    pool: DatabasePool, postgres_server: PostgresServer
) -> None:
    uri = postgres_server.uri()
    first = await pid_lent(pool, uri)
    assert await pid_lent(pool, uri) == first
    assert await pid_lent(pool, uri, connection_id="conn_2") != first


async def test_nothing_of_a_job_is_left_in_the_session(pool: DatabasePool, postgres_server: PostgresServer) -> None:
    uri = postgres_server.uri()
    locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    path = "SELECT current_setting('search_path')"
    async with pool.lend("conn_1", at(uri)) as database:
        pid, former = await first_cell(database, PID), await first_cell(database, path)
        await first_cell(database, "SELECT set_config('search_path', 'elsewhere', false)")
        await first_cell(database, "SELECT pg_advisory_lock(7)::text")
        assert await first_cell(database, locks) == 1
    async with pool.lend("conn_1", at(uri)) as database:
        assert await first_cell(database, PID) == pid
        assert await first_cell(database, locks) == 0
        assert await first_cell(database, path) == former


async def test_a_session_that_the_server_ended_is_replaced_before_the_job_begins(
    pool: DatabasePool, postgres_server: PostgresServer
) -> None:
    uri = postgres_server.uri()
    first = await pid_lent(pool, uri)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", [first])
    assert await pid_lent(pool, uri) != first


async def test_a_cancelled_job_interrupts_its_own_query_alone(
    pool: DatabasePool, postgres_server: PostgresServer
) -> None:
    async def sleeping(seconds: float, pids: list[Cell]) -> Cell:
        async with pool.lend("conn_1", at(postgres_server.uri())) as database:
            pids.append(await first_cell(database, PID))
            return await first_cell(database, f"SELECT pg_sleep({seconds})::text")

    ours: list[Cell] = []
    theirs: list[Cell] = []
    async with asyncio.TaskGroup() as group:
        cancelled = group.create_task(sleeping(60, ours))
        other = group.create_task(sleeping(1, theirs))
        await until(lambda: ours and theirs)
        cancelled.cancel()
    assert other.result() == ""
    assert living(postgres_server, *ours, *theirs) == theirs
    assert pool.idle == 1


async def test_a_database_whose_job_failed_is_closed(pool: DatabasePool, postgres_server: PostgresServer) -> None:
    pids: list[Cell] = []

    async def failing() -> None:
        async with pool.lend("conn_1", at(postgres_server.uri())) as database:
            pids.append(await first_cell(database, PID))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    await until(lambda: living(postgres_server, *pids) == [])
    assert pool.idle == 0


async def test_a_statement_that_is_stopped_at_its_deadline_leaves_a_database_that_works(
    pool: DatabasePool, postgres_server: PostgresServer
) -> None:
    async with pool.lend("conn_1", at(postgres_server.uri())) as database:
        with pytest.raises(QueryTimeout):
            await first_cell(database, "SELECT pg_sleep(60)::text", timeout_s=0.1)
        with pytest.raises(QueryError):
            await first_cell(database, "SELECT no_such_column")
    assert await pid_lent(pool, postgres_server.uri())


async def test_a_new_secret_closes_what_was_opened_under_the_old_one(
    pool: DatabasePool, postgres_server: PostgresServer
) -> None:
    old = await pid_lent(pool, postgres_server.uri(password="old"))
    new = await pid_lent(pool, postgres_server.uri(password="new"))
    await until(lambda: living(postgres_server, old, new) == [new])


async def test_no_more_are_kept_than_the_bounds_allow(postgres_server: PostgresServer) -> None:
    uri = postgres_server.uri()
    async with DatabasePool(utc_now, limits=PoolLimits(per_connection=2, in_all=3)) as pool:
        async with lent_at_once(pool, uri, 3):
            assert pool.idle == 0
        assert pool.idle == 2
        async with lent_at_once(pool, uri, 2, connection_id="conn_2"):
            pass
        assert pool.idle == 3


@pytest.mark.parametrize("limits", [PoolLimits(idle_s=10), PoolLimits(idle_s=100, age_s=10)])
async def test_what_is_idle_for_long_or_old_is_closed(postgres_server: PostgresServer, limits: PoolLimits) -> None:
    monotonic = Monotonic()
    async with DatabasePool(utc_now, limits=limits, monotonic=monotonic) as pool:
        pid = await pid_lent(pool, postgres_server.uri())
        monotonic.now_s = 9
        await pool.sweep()
        assert pool.idle == 1
        monotonic.now_s = 11
        await pool.sweep()
        assert pool.idle == 0
    await until(lambda: living(postgres_server, pid) == [])


async def test_the_end_closes_what_waits_and_what_comes_back_later(postgres_server: PostgresServer) -> None:
    uri = postgres_server.uri()
    pool = DatabasePool(utc_now)
    async with AsyncExitStack() as late:
        async with pool:
            lent = await late.enter_async_context(pool.lend("conn_1", at(uri)))
            pids = [await pid_lent(pool, uri), await first_cell(lent, PID)]
        await until(lambda: living(postgres_server, *pids) == pids[1:])
    await until(lambda: living(postgres_server, *pids) == [])


async def test_a_file_that_was_replaced_or_written_is_read_anew(pool: DatabasePool, tmp_path: Path) -> None:
    policy = AccessPolicy(file_roots=(tmp_path,))
    uri = sqlite_file(tmp_path / "shop.sqlite")
    sqlite_file(tmp_path / "new.sqlite")

    async def name() -> Cell:
        async with pool.lend("conn_1", at(uri, policy)) as database:
            return await first_cell(database, FIRST_NAME)

    def rename(file: str, new_name: str) -> None:
        with closing(sqlite3.connect(tmp_path / file)) as connection, connection:
            connection.execute("UPDATE item SET name = ? WHERE id = 1", [new_name])

    assert await name() == "anvil"
    rename("shop.sqlite", "written")
    assert await name() == "written"
    rename("new.sqlite", "replaced")
    (tmp_path / "new.sqlite").replace(tmp_path / "shop.sqlite")
    assert await name() == "replaced"


async def test_a_link_that_points_elsewhere_is_followed(pool: DatabasePool, tmp_path: Path) -> None:
    link, policy = tmp_path / "shop.sqlite", AccessPolicy(file_roots=(tmp_path,))
    sqlite_file(tmp_path / "monday.sqlite")
    sqlite_file(tmp_path / "tuesday.sqlite", SHOP.replace("anvil", "hammer"))
    for day, expected in (("monday", "anvil"), ("tuesday", "hammer")):
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / f"{day}.sqlite")
        async with pool.lend("conn_1", at(f"sqlite:///{link}", policy)) as database:
            assert await first_cell(database, FIRST_NAME) == expected
    assert pool.idle == 1


async def test_a_duckdb_file_is_closed_at_once_because_nobody_could_write_to_it(
    pool: DatabasePool, tmp_path: Path
) -> None:
    location = at(duckdb_file(tmp_path / "shop.duckdb"), AccessPolicy(file_roots=(tmp_path,)))
    async with pool.lend("conn_1", location) as database:
        assert await first_cell(database, FIRST_NAME) == "anvil"
    assert pool.idle == 0


async def test_statements_of_one_connection_share_a_database_and_survive_its_end(
    office: Office, postgres_server: PostgresServer
) -> None:
    connection = await office.connect(postgres_shop(postgres_server.uri()))
    for _ in range(3):
        assert (await office.executed(office.statement(connection, ITEMS))).row_count == 3
        assert office.pool.idle == 1
    with psycopg.connect(postgres_server.uri(), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rowcall'")
    assert (await office.executed(office.statement(connection, ITEMS))).row_count == 3
