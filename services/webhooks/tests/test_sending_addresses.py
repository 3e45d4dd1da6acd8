"""The protected listener gets no connection, whatever names, redirects and spellings say.

127.0.0.1 stands for the public internet, because the sender here may reach it; 127.0.0.2 stands for the inside.
"""

import socket

import pytest

from rowcall_webhooks.outcomes import SendError
from rowcall_webhooks.sending import Sender
from rowcall_webhooks.testing import MakeSender, Names, Receiver, Serve

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
OK_AND_CLOSE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

OUTSIDE = "127.0.0.1"
INSIDE = "127.0.0.2"


async def send(sender: Sender, host: str, receiver: Receiver) -> tuple[int | None, SendError | None]:
    outcome = await sender.send(f"http://{host}:{receiver.port}/hook", headers={}, body=b"{}")
    return outcome.status, outcome.error


async def protected_at_port_of(serve: Serve, receiver: Receiver) -> Receiver:
    """Returns a listener on the inside with the same port as `receiver`, so that one URL can lead to both."""
    return await serve(OK, host=INSIDE, port=receiver.port)


async def test_the_inside_is_refused_and_not_dialled(serve: Serve, make_sender: MakeSender) -> None:
    inside = await serve(OK, host=INSIDE)
    assert await send(await make_sender(), INSIDE, inside) == (None, SendError.ADDRESS_REFUSED)
    assert inside.connections == 0


async def test_allowed_networks_open_it(serve: Serve, make_sender: MakeSender) -> None:
    inside = await serve(OK, host=INSIDE)
    assert await send(await make_sender(allowed=("127.0.0.2/32",)), INSIDE, inside) == (200, None)


async def test_without_allowed_networks_this_machine_is_refused(serve: Serve, make_sender: MakeSender) -> None:
    receiver = await serve(OK)
    sender = await make_sender(allowed=())
    for host in ("127.0.0.1", "localhost", "0.0.0.0"):
        assert await send(sender, host, receiver) == (None, SendError.ADDRESS_REFUSED)
    assert receiver.connections == 0


async def test_a_name_that_turns_inside_between_two_attempts_is_refused(serve: Serve, make_sender: MakeSender) -> None:
    outside = await serve(OK_AND_CLOSE)
    inside = await protected_at_port_of(serve, outside)
    names = Names({"rebinding.example": [[OUTSIDE], [INSIDE]]})
    sender = await make_sender(resolver=names)
    assert await send(sender, "rebinding.example", outside) == (200, None)
    assert await send(sender, "rebinding.example", outside) == (None, SendError.ADDRESS_REFUSED)
    assert (names.look_ups, outside.connections, inside.connections) == (2, 1, 0)


async def test_a_kept_connection_stays_with_the_address_that_was_checked(serve: Serve, make_sender: MakeSender) -> None:
    outside = await serve(OK)
    inside = await protected_at_port_of(serve, outside)
    names = Names({"rebinding.example": [[OUTSIDE], [INSIDE]]})
    sender = await make_sender(resolver=names)
    assert [await send(sender, "rebinding.example", outside) for _ in range(3)] == [(200, None)] * 3
    assert (names.look_ups, outside.connections, inside.connections) == (1, 1, 0)


@pytest.mark.parametrize(
    "addresses",
    [[INSIDE, OUTSIDE], [OUTSIDE, INSIDE], ["169.254.169.254", INSIDE, OUTSIDE], ["::1", "fe80::1%lo", OUTSIDE]],
    ids=["inside-first", "outside-first", "several", "both-families"],
)
async def test_of_mixed_answers_only_the_allowed_address_is_dialled(
    serve: Serve, make_sender: MakeSender, addresses: list[str]
) -> None:
    outside = await serve(OK_AND_CLOSE)
    inside = await protected_at_port_of(serve, outside)
    sender = await make_sender(resolver=Names({"mixed.example": [addresses]}))
    assert [await send(sender, "mixed.example", outside) for _ in range(3)] == [(200, None)] * 3
    assert (outside.connections, inside.connections) == (3, 0)


async def test_a_name_with_inside_addresses_alone_is_refused_by_its_own_name(
    serve: Serve, make_sender: MakeSender
) -> None:
    inside = await serve(OK, host=INSIDE)
    names = Names({"inside.example": [[INSIDE, "10.0.0.1", "::1", "169.254.169.254"]]})
    sender = await make_sender(resolver=names)
    assert await send(sender, "inside.example", inside) == (None, SendError.ADDRESS_REFUSED)
    assert inside.connections == 0


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", [INSIDE, OUTSIDE], ids=["inside", "outside"])
async def test_no_redirect_is_followed(serve: Serve, make_sender: MakeSender, code: int, target: str) -> None:
    landing = await serve(OK, host=target)
    redirecting = await serve(
        b"HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % (code, landing.url.encode())
    )
    outcome = await (await make_sender()).send(redirecting.url, headers={}, body=b"{}")
    assert (outcome.status, outcome.error, outcome.succeeded) == (code, SendError.REDIRECT, False)
    assert (redirecting.connections, landing.connections) == (1, 0)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "127.0.2",
        "127.2",
        "2130706434",
        "0x7f000002",
        "0x7f.0.0.2",
        "0177.0.0.2",
        "127.0.0.2.",
        "①②⑦.⓪.⓪.②",
        "127。0。0。2",
        "%31%32%37.0.0.2",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "[::ffff:127.0.0.2%25lo]",
        "receiver.example@127.0.0.2",
        "a@b@127.0.0.2",
    ],
)
async def test_no_spelling_of_the_inside_gets_a_connection(serve: Serve, make_sender: MakeSender, host: str) -> None:
    inside = await serve(OK, host=INSIDE)
    status, error = await send(await make_sender(), host, inside)
    assert status is None
    assert error is not None
    assert inside.connections == 0


@pytest.mark.parametrize("host", ["[::1]", "[::1%25lo]", "[0:0:0:0:0:0:0:1]", "localhost6"])
async def test_no_spelling_of_ipv6_loopback_gets_a_connection(serve: Serve, make_sender: MakeSender, host: str) -> None:
    if not _has_ipv6_loopback():
        pytest.skip("this machine has no IPv6 loopback")
    inside = await serve(OK, host="::1")
    status, error = await send(await make_sender(resolver=Names({"localhost6": [["::1"]]})), host, inside)
    assert (status, inside.connections) == (None, 0)
    assert error is SendError.ADDRESS_REFUSED


def _has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
