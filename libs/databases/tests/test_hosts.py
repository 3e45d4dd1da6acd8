"""Host names: what they resolve to decides, and only that is dialled."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest

from rowcall_databases import AccessPolicy, HostRefused, QueryLimits, Unreachable, open_database, parse_uri
from rowcall_databases.database import Database
from rowcall_databases.hosts import Resolver, checked_addresses
from rowcall_databases.postgres_engine import PostgresEngine
from rowcall_databases.server_location import PostgresLocation
from rowcall_databases.testing import LOOPBACK_POLICY, PostgresServer


def resolver(*answers: Sequence[str]) -> Resolver:
    remaining = list(answers)

    async def resolve(host: str, port: int) -> Sequence[str]:
        return remaining.pop(0)

    return resolve


async def test_all_addresses_of_a_public_name_may_be_dialled() -> None:
    found = await checked_addresses(
        "db.example", 5432, policy=AccessPolicy(), resolve=resolver(["8.8.8.8", "2606:4700::1111"])
    )

    assert [str(address) for address in found] == ["8.8.8.8", "2606:4700::1111"]


@pytest.mark.parametrize("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:169.254.169.254"], ["fe80::1%1"]])
async def test_a_name_with_one_address_that_is_not_public_is_refused(answer: list[str]) -> None:
    with pytest.raises(HostRefused):
        await checked_addresses("db.example", 5432, policy=AccessPolicy(), resolve=resolver(answer))


async def test_localhost_is_refused_by_the_real_resolver() -> None:
    with pytest.raises(HostRefused):
        await checked_addresses("localhost", 5432, policy=AccessPolicy())


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1"])
async def test_odd_spellings_of_loopback_are_not_dialled(host: str) -> None:
    with pytest.raises((HostRefused, Unreachable)):
        await checked_addresses(host, 5432, policy=AccessPolicy())


async def test_an_operator_may_open_a_network() -> None:
    policy = AccessPolicy(allow_networks=(ip_network("10.1.0.0/16"),))

    assert await checked_addresses("db", 5432, policy=policy, resolve=resolver(["10.1.2.3"]))
    with pytest.raises(HostRefused):
        await checked_addresses("db", 5432, policy=policy, resolve=resolver(["10.2.2.3"]))


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror

    with pytest.raises(Unreachable):
        await checked_addresses("nowhere.invalid", 5432, policy=AccessPolicy(), resolve=unknown)


def engine_at(server: PostgresServer, policy: AccessPolicy, resolve: Resolver) -> PostgresEngine:
    location = parse_uri(server.uri().replace("127.0.0.1", "db.example"), policy)
    assert isinstance(location, PostgresLocation)
    return PostgresEngine(location, resolve=resolve)


async def test_the_checked_address_is_the_dialled_one(postgres_server: PostgresServer) -> None:
    # db.example has no address of its own: only the resolver's answer can lead to the server.
    database = Database(
        engine_at(postgres_server, LOOPBACK_POLICY, resolver(["127.0.0.1"])), now=lambda: datetime.now(UTC)
    )
    async with database:
        assert (await database.query("SELECT 1", QueryLimits())).rows == ((1,),)


async def test_a_name_is_resolved_once_per_connection(postgres_server: PostgresServer) -> None:
    # A second look-up would find the list of answers empty: nothing can be rebound between check and dial.
    engine = engine_at(postgres_server, LOOPBACK_POLICY, resolver(["127.0.0.1"]))

    assert (await engine.version()).startswith("PostgreSQL")
    await engine.close()


async def test_a_name_that_turns_private_later_is_not_dialled_again(postgres_server: PostgresServer) -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        listener.setblocking(False)
        policy = AccessPolicy(allow_networks=(ip_network("127.0.0.1/32"),))
        engine = engine_at(postgres_server, policy, resolver(["127.0.0.1"], ["127.0.0.2"]))
        await engine.version()
        await engine.close()

        with pytest.raises(HostRefused):
            await engine.version()
        with pytest.raises(BlockingIOError):
            listener.accept()


async def test_a_closed_port_is_unreachable(policy: AccessPolicy) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    database = open_database(parse_uri(f"postgresql://u@127.0.0.1:{port}/db", policy), now=lambda: datetime.now(UTC))

    with pytest.raises(Unreachable) as failure:
        await database.check()
    assert "127.0.0.1" not in str(failure.value)
