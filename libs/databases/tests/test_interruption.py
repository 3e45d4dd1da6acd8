"""A deadline or a cancel stops the statement in the database, and waits until it has stopped."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

import psycopg
import pytest

from rowcall_contracts.results import ResultSet
from rowcall_databases import Database, QueryInterrupted, QueryLimits, QueryTimeout
from rowcall_databases.driver_thread import DriverThread
from rowcall_databases.sqlite_authorizer import authorize_query
from rowcall_databases.sqlite_connection import SqliteConnection
from rowcall_databases.testing import PostgresServer

Open = Callable[[str], Database]
Row = tuple[object, ...]

COUNT_FOR_EVER: Final = (
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000000) SELECT sum(n) FROM c"
)
MULTIPLY_FOR_EVER: Final = (
    "WITH RECURSIVE d (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 3000)"
    " SELECT sum(a.n + b.n + c.n + e.n) FROM d AS a, d AS b, d AS c, d AS e"
)
LONG: Final = QueryLimits(timeout_s=600)
ENGINES = pytest.mark.parametrize("engine", ["sqlite", "duckdb", "postgres", "mysql"])
HEAVY = pytest.mark.parametrize("sql", [COUNT_FOR_EVER, MULTIPLY_FOR_EVER])


def active(observer: psycopg.Connection[Row]) -> list[Row]:
    return observer.execute(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'rowcall' AND state = 'active'"
    ).fetchall()


async def until_active(query: "asyncio.Task[ResultSet]", observer: psycopg.Connection[Row]) -> list[Row]:
    """Returns the one backend once the server is seen running the query."""
    while not (found := active(observer)):
        await asyncio.wait({query}, timeout=0.02)
        assert not query.done(), query
    return found


@ENGINES
@HEAVY
async def test_the_deadline_stops_a_heavy_statement(opened: Open, shop_uri: str, sql: str) -> None:
    database = opened(shop_uri)
    begun = asyncio.get_running_loop().time()

    with pytest.raises(QueryTimeout):
        await database.query(sql, QueryLimits(timeout_s=0.3))

    assert asyncio.get_running_loop().time() - begun < 5
    assert (await database.query("SELECT 1", QueryLimits())).rows == ((1,),)


@ENGINES
@HEAVY
async def test_a_cancel_stops_a_heavy_statement(opened: Open, shop_uri: str, sql: str) -> None:
    database = opened(shop_uri)
    await database.check()
    query = asyncio.create_task(database.query(sql, LONG))
    await asyncio.wait({query}, timeout=0.3)
    assert not query.done()
    begun = asyncio.get_running_loop().time()

    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query

    assert asyncio.get_running_loop().time() - begun < 5
    assert (await database.query("SELECT 1", QueryLimits())).rows == ((1,),)


@ENGINES
async def test_a_second_cancel_does_not_leave_the_statement_behind(opened: Open, shop_uri: str) -> None:
    database = opened(shop_uri)
    await database.check()
    query = asyncio.create_task(database.query(COUNT_FOR_EVER, LONG))
    await asyncio.wait({query}, timeout=0.2)

    query.cancel()
    await asyncio.sleep(0)
    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query

    assert (await database.query("SELECT 1", QueryLimits())).rows == ((1,),)


@pytest.mark.parametrize("engine", ["postgres"])
@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_after_a_cancel_the_server_runs_nothing(
    opened: Open, shop_uri: str, postgres_shop: PostgresServer, cancels: int
) -> None:
    query = asyncio.create_task(opened(shop_uri).query(COUNT_FOR_EVER, LONG))
    with psycopg.connect(postgres_shop.uri(), autocommit=True) as observer:
        await until_active(query, observer)

        for _ in range(cancels):
            query.cancel()
            await asyncio.sleep(0)
        await asyncio.wait({query})

        assert active(observer) == []


@pytest.mark.parametrize("engine", ["postgres"])
async def test_an_administrators_cancel_is_told_apart_from_ours(
    opened: Open, shop_uri: str, postgres_shop: PostgresServer
) -> None:
    query = asyncio.create_task(opened(shop_uri).query(COUNT_FOR_EVER, LONG))
    with psycopg.connect(postgres_shop.uri(), autocommit=True) as observer:
        (pid,) = await until_active(query, observer)
        observer.execute("SELECT pg_terminate_backend(%s)", pid)

        with pytest.raises(QueryInterrupted):
            await query


async def test_after_a_cancel_sqlites_handler_is_not_called_any_more(sqlite_file: Path) -> None:
    connection = SqliteConnection(sqlite_file)
    thread = DriverThread(lambda: connection, name="observed")
    query = asyncio.create_task(
        thread.run(lambda opened: opened.begin(authorize_query).execute(COUNT_FOR_EVER).fetchall(), timeout_s=600)
    )
    while connection.progress_calls < 10 and not query.done():
        await asyncio.wait({query}, timeout=0.02)

    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query

    stopped_at = connection.progress_calls
    await asyncio.sleep(0.1)
    assert connection.progress_calls == stopped_at
    await thread.close()
