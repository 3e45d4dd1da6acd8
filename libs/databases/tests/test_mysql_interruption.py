"""What is left in a MySQL server when a statement was stopped, and who may stop it."""

import asyncio
from collections.abc import Callable
from typing import Final

import pytest

from rowcall_databases import (
    AccessPolicy,
    Database,
    MysqlLocation,
    QueryError,
    QueryInterrupted,
    QueryLimits,
    QueryTimeout,
    parse_uri,
)
from rowcall_databases.hosts import resolve_host
from rowcall_databases.mysql_connection import MysqlConnection
from rowcall_databases.mysql_dialling import dial
from tools.testing.mysql_server import MysqlServer

Open = Callable[[str], Database]
LONG: Final = QueryLimits(timeout_s=600)
FOR_EVER: Final = (
    "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000000000) SELECT sum(n) FROM c"
)


def statements(server: MysqlServer, database: str) -> list[int]:
    """Returns the ids of the sessions that run something in the database."""
    with server.connect() as admin, admin.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s AND command <> 'Sleep'", [database])
        return [number for (number,) in cursor.fetchall()]


async def until_running(server: MysqlServer, database: str, query: "asyncio.Task[object]") -> int:
    """Returns the session that runs the query, once the server says so."""
    while not (found := statements(server, database)):
        await asyncio.wait({query}, timeout=0.02)
        assert not query.done(), query
    return found[0]


@pytest.mark.parametrize("cancels", [1, 2, 3])
async def test_after_a_cancel_the_server_runs_nothing(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str, cancels: int
) -> None:
    query = asyncio.create_task(opened(mysql_server.uri(mysql_shop)).query(FOR_EVER, LONG))
    await until_running(mysql_server, mysql_shop, query)

    for _ in range(cancels):
        query.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({query})

    assert query.cancelled()
    assert statements(mysql_server, mysql_shop) == []


async def test_after_the_deadline_the_server_runs_nothing(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str
) -> None:
    with pytest.raises(QueryTimeout):
        await opened(mysql_server.uri(mysql_shop)).query(FOR_EVER, QueryLimits(timeout_s=0.3))

    assert statements(mysql_server, mysql_shop) == []


async def test_when_a_cap_cuts_the_rows_the_server_sends_no_more(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str
) -> None:
    endless = (
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000) SELECT a.n FROM c AS a, c AS b"
    )
    database = opened(mysql_server.uri(mysql_shop))

    result = await database.query(endless, QueryLimits(timeout_s=30, max_rows=10))

    assert (len(result.rows), result.truncated) == (10, True)
    assert statements(mysql_server, mysql_shop) == []
    assert (await database.query("SELECT 1", QueryLimits())).rows == ((1,),)


async def test_an_administrators_kill_is_told_apart_from_ours(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str
) -> None:
    query = asyncio.create_task(opened(mysql_server.uri(mysql_shop)).query(FOR_EVER, LONG))
    mysql_server.run(f"KILL QUERY {await until_running(mysql_server, mysql_shop, query)}")

    with pytest.raises(QueryInterrupted):
        await query


async def test_where_no_second_connection_can_be_had_the_line_is_cut(opened: Open, mysql_server: MysqlServer) -> None:
    with mysql_server.database() as name:
        mysql_server.run(
            f"CREATE USER single IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 1;GRANT SELECT ON {name}.* TO single;"
        )
        try:
            query = asyncio.create_task(
                opened(mysql_server.uri(name, user="single", password="x")).query(FOR_EVER, LONG)
            )
            session = await until_running(mysql_server, name, query)
            query.cancel()
            ended, _ = await asyncio.wait({query}, timeout=20)
            mysql_server.run(f"KILL {session}")
        finally:
            mysql_server.run("DROP USER single")

    assert query in ended
    assert query.cancelled()


async def test_the_server_stops_a_statement_by_itself(
    mysql_server: MysqlServer, mysql_shop: str, policy: AccessPolicy
) -> None:
    location = parse_uri(mysql_server.uri(mysql_shop), policy)
    assert isinstance(location, MysqlLocation)
    connection = MysqlConnection(location, await dial(location, resolve_host))

    def run() -> None:
        connection.log_in()
        with connection.reading(timeout_s=-1.5):  # half a second, with the margin
            connection.rows(FOR_EVER)

    try:
        with pytest.raises(QueryTimeout, match="in the server"):
            await asyncio.to_thread(run)
    finally:
        connection.close()


async def test_a_refreshed_session_holds_no_lock(opened: Open, mysql_server: MysqlServer, mysql_shop: str) -> None:
    database = opened(mysql_server.uri(mysql_shop))
    taken = await database.query(f"SELECT get_lock('{mysql_shop}', 0)", QueryLimits())

    assert taken.rows == ((1,),)
    assert await database.refresh()
    assert (
        await opened(mysql_server.uri(mysql_shop)).query(f"SELECT is_free_lock('{mysql_shop}')", QueryLimits())
    ).rows == ((1,),)


async def test_a_lost_session_is_not_refreshed(opened: Open, mysql_server: MysqlServer, mysql_shop: str) -> None:
    database = opened(mysql_server.uri(mysql_shop))
    ((number,),) = (await database.query("SELECT connection_id()", QueryLimits())).rows
    mysql_server.run(f"KILL {number}")

    assert not await database.refresh()


async def test_a_table_locked_by_somebody_else_is_not_waited_for_for_ever(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str
) -> None:
    with mysql_server.connect(mysql_shop) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLES customer WRITE")
        with pytest.raises((QueryError, QueryTimeout)):
            await opened(mysql_server.uri(mysql_shop)).query("SELECT * FROM customer", QueryLimits(timeout_s=1))
