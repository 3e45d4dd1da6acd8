"""Who is at the other end: encryption by `ssl-mode`, and peers that are not what they seem."""

import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from threading import Thread

import pytest

from rowcall_databases import (
    AccessPolicy,
    AuthenticationFailed,
    Database,
    HostRefused,
    MysqlLocation,
    QueryLimits,
    Unreachable,
    parse_uri,
)
from rowcall_databases.hosts import Resolver
from rowcall_databases.mysql_engine import MysqlEngine
from rowcall_databases.testing import LOOPBACK_POLICY
from tools.testing.mysql_server import CERTIFICATES, MysqlServer

Open = Callable[[str], Database]
CIPHER = "SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'Ssl_cipher'"

PASSWORD = "hunter2-hunter2"
OK = b"\x00\x00\x00\x02\x00\x00\x00"
# Long passwords, log-in plug-ins, protocol 4.1, a database in the handshake; not TLS.
CAPABILITIES = 0x0000_0001 | 0x0008_0000 | 0x0000_8000 | 0x0000_0200 | 0x0000_0008


async def cipher(database: Database) -> object:
    return (await database.query(CIPHER, QueryLimits())).rows[0][0]


@pytest.mark.parametrize("options", ["", "?ssl-mode=preferred", "?ssl-mode=required"])
async def test_a_server_that_can_is_talked_to_encrypted(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str, options: str
) -> None:
    assert await cipher(opened(mysql_server.uri(mysql_shop, options=options)))


async def test_encryption_can_be_switched_off(opened: Open, mysql_server: MysqlServer, mysql_shop: str) -> None:
    assert not await cipher(opened(mysql_server.uri(mysql_shop, options="?ssl-mode=disabled")))


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    opened: Open, mysql_server: MysqlServer, mysql_shop: str
) -> None:
    with pytest.raises(Unreachable, match="ssl-mode"):
        await opened(mysql_server.uri(mysql_shop, options="?ssl-mode=verify_identity")).check()


async def test_a_trusted_certificate_passes_for_its_own_host_alone(
    mysql_server: MysqlServer, mysql_shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "receiver.pem"))
    uri = mysql_server.uri(mysql_shop, options="?ssl-mode=verify_identity")
    own, other = engine(uri), engine(uri.replace("127.0.0.1", "db.example"), resolver(["127.0.0.1"]))

    assert await own.version()
    with pytest.raises(Unreachable, match="ssl-mode"):
        await other.version()
    await own.close()


def resolver(*answers: list[str]) -> Resolver:
    remaining = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        return remaining.pop(0) if remaining else [host]

    return resolve


def engine(uri: str, resolve: Resolver | None = None, policy: AccessPolicy = LOOPBACK_POLICY) -> MysqlEngine:
    location = parse_uri(uri, policy)
    assert isinstance(location, MysqlLocation)
    return MysqlEngine(location, resolve=resolve or resolver())


async def test_the_checked_address_is_the_dialled_one_and_is_looked_up_once(
    mysql_server: MysqlServer, mysql_shop: str
) -> None:
    # db.example has no address of its own, and the second answer would not be let through.
    uri = mysql_server.uri(mysql_shop).replace("127.0.0.1", "db.example")
    named = engine(uri, resolver(["127.0.0.1"], ["10.0.0.1"]))

    assert await named.version()
    await named.close()
    with pytest.raises(HostRefused):
        await named.version()


async def test_a_name_with_one_private_address_is_not_dialled() -> None:
    with socket.create_server(("127.0.0.2", 0)) as listener:
        listener.setblocking(False)
        uri = f"mysql://u:p@db.example:{listener.getsockname()[1]}/db"
        named = engine(
            uri, resolver(["127.0.0.1", "127.0.0.2"]), AccessPolicy(allow_networks=(ip_network("127.0.0.1"),))
        )

        with pytest.raises(HostRefused):
            await named.version()
        with pytest.raises(BlockingIOError):
            listener.accept()


class Peer:
    """Something that accepts one connection, does as it is told, and keeps what it received."""

    def __init__(self, listener: socket.socket, behaviour: Callable[["Peer"], None]) -> None:
        self.received = b""
        self._listener = listener
        self._behaviour = behaviour
        self._socket = socket.socket()

    @property
    def uri(self) -> str:
        """Where it is, as a database."""
        return f"mysql://u:{PASSWORD}@127.0.0.1:{self._listener.getsockname()[1]}/db"

    def serve(self) -> None:
        """Serves the one connection until the other end closes."""
        self._socket, _ = self._listener.accept()
        with self._socket:
            self._behaviour(self)
            while self.receive():
                pass

    def send(self, payload: bytes, number: int) -> None:
        """Sends one packet of MySQL's protocol."""
        self._socket.sendall(struct.pack("<I", len(payload))[:3] + bytes([number]) + payload)

    def receive(self) -> bytes:
        """Waits for what the client sends next; empty at its end."""
        try:
            data = self._socket.recv(65_536)
        except OSError:
            return b""
        self.received += data
        return data

    def greet(self) -> None:
        """Begins as a server without TLS does, and reads the client's answer."""
        low, high = CAPABILITIES & 0xFFFF, CAPABILITIES >> 16
        flags = struct.pack("<HBHHB", low, 45, 2, high, 21)
        salt = b"saltsalt\0" + flags + b"\0" * 10 + b"saltsaltsalt\0"
        self.send(b"\x0a8.4.3\0" + struct.pack("<I", 7) + salt + b"mysql_native_password\0", 0)
        self.receive()

    def send_text(self) -> None:
        """Says something that is no packet."""
        self._socket.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        self._socket.shutdown(socket.SHUT_WR)

    def leave(self) -> None:
        """Hangs up."""
        self._socket.shutdown(socket.SHUT_RDWR)


@contextmanager
def peer(behaviour: Callable[[Peer], None]) -> Iterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Peer(listener, behaviour)
        thread = Thread(target=made.serve)
        thread.start()
        yield made
        thread.join(timeout=10)
        assert not thread.is_alive(), "the client has not closed its connection"


async def test_required_encryption_is_never_given_up() -> None:
    with peer(Peer.greet) as found, pytest.raises(Unreachable, match="ssl-mode"):
        await engine(f"{found.uri}?ssl-mode=required").version()

    assert found.received == b""


def ask_for_the_password(found: Peer) -> None:
    found.greet()
    found.send(b"\xfemysql_clear_password\0", 2)


async def test_a_password_is_not_told_to_whoever_asks() -> None:
    with peer(ask_for_the_password) as found, pytest.raises(AuthenticationFailed):
        await engine(found.uri).version()

    assert b"mysql_native_password" in found.received
    assert PASSWORD.encode() not in found.received


def ask_for_a_file(found: Peer) -> None:
    found.greet()
    found.send(OK, 2)
    found.receive()
    found.send(OK, 1)
    found.receive()
    found.send(b"\xfb/etc/passwd", 1)


async def test_no_file_of_this_machine_is_sent() -> None:
    with peer(ask_for_a_file) as found, pytest.raises(Unreachable):
        await engine(found.uri).version()

    assert b"SELECT VERSION()" in found.received
    assert b"root:" not in found.received


@pytest.mark.parametrize("behaviour", [Peer.send_text, Peer.leave])
async def test_what_is_no_mysql_is_unreachable(behaviour: Callable[[Peer], None]) -> None:
    with peer(behaviour) as found, pytest.raises(Unreachable) as failure:
        await engine(found.uri).version()

    assert "127.0.0.1" not in str(failure.value)


async def test_a_server_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rowcall_databases.mysql_engine.CONNECT_TIMEOUT_S", 0.2)
    with peer(lambda _: None) as found, pytest.raises(Unreachable):
        await engine(found.uri).version()


async def test_a_closed_port_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(Unreachable) as failure:
        await engine(f"mysql://u@127.0.0.1:{port}/db").version()
    assert "127.0.0.1" not in str(failure.value)
