"""Which sockets are made."""

import socket
from ipaddress import ip_network

import pytest

from rowcall_webhooks.dialling import AddressRefused, GuardedSockets, name_of
from rowcall_webhooks.outcomes import SendError


def make(address: str, *, allowed: tuple[str, ...] = ()) -> socket.socket:
    sockets = GuardedSockets([ip_network(network) for network in allowed])
    if ":" in address:
        return sockets((socket.AF_INET6, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 443, 0, 0)))
    return sockets((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, 443)))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_a_public_address_gets_a_socket_of_its_family(address: str) -> None:
    with make(address) as made:
        assert (made.family == socket.AF_INET6) == (":" in address)
        assert made.type == socket.SOCK_STREAM


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "168.63.129.16",
        "0.0.0.0",
        "::1",
        "::1%lo",
        "fe80::1%eth0",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "fd00:ec2::254",
        "localhost",
        "",
    ],
)
def test_any_other_address_gets_none(address: str) -> None:
    with pytest.raises(AddressRefused):
        make(address)


@pytest.mark.parametrize("address", ["::1%lo", "::1%a%b"])
def test_a_zone_does_not_close_an_allowed_address(address: str) -> None:
    with make(address, allowed=("::1/128",)) as made:
        assert made.family == socket.AF_INET6


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (TimeoutError(), SendError.TIMEOUT),
        (ConnectionRefusedError(), SendError.CONNECTION_REFUSED),
        (ConnectionResetError(), SendError.CONNECTION_RESET),
        (BrokenPipeError(), SendError.CONNECTION_RESET),
        (OSError(101, "Network is unreachable"), SendError.UNREACHABLE),
        (OSError(113, "No route to host"), SendError.UNREACHABLE),
        (UnicodeError("label too long"), SendError.INVALID_URL),
        (OSError(24, "Too many open files"), SendError.OTHER),
        (ValueError("something else"), SendError.OTHER),
    ],
)
def test_a_failure_has_one_name(error: Exception, name: SendError) -> None:
    assert name_of(error) is name
