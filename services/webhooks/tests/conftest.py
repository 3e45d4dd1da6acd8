"""Receivers and senders that live as long as a test."""

import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from ipaddress import ip_network
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver

from rowcall_webhooks.sending import Sender, SendLimits
from rowcall_webhooks.testing import Answer, MakeSender, Receiver, Serve, fixed, receiving

QUICK = SendLimits(timeout_s=5)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(
            answer: bytes | Answer,
            *,
            host: str = "127.0.0.1",
            port: int = 0,
            tls: ssl.SSLContext | None = None,
        ) -> Receiver:
            behaviour = fixed(answer) if isinstance(answer, bytes) else answer
            receiver = Receiver(behaviour, scheme="https" if tls else "http", host=host, port=port)
            return await stack.enter_async_context(receiving(receiver, tls))

        yield start


@pytest.fixture
async def make_sender() -> AsyncIterator[MakeSender]:
    async with AsyncExitStack() as stack:

        async def make(
            limits: SendLimits = QUICK,
            *,
            allowed: tuple[str, ...] = ("127.0.0.1/32",),
            resolver: AbstractResolver | None = None,
        ) -> Sender:
            networks = [ip_network(network) for network in allowed]
            return await stack.enter_async_context(Sender(limits, allowed=networks, resolver=resolver))

        yield make


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that is bound and does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def receiver_certificate() -> Path:
    """A certificate for 127.0.0.1 that signed itself; its key lies beside it."""
    return Path(__file__).parent / "certificates" / "receiver.pem"


@pytest.fixture
def receiver_tls(receiver_certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(receiver_certificate, receiver_certificate.with_suffix(".key"))
    return context
