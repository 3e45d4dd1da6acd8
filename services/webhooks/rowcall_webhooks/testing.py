"""For tests: receivers on loopback, honest and hostile, and a name server under the test's control."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp.abc import AbstractResolver, ResolveResult

from rowcall_webhooks.sending import Sender, SendLimits

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Answers one request; what it leaves unwritten or open is the receiver's misbehaviour."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request as it arrived; header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A listener that counts connections, keeps requests, and answers each one alike."""

    answer: Answer
    scheme: str
    host: str
    port: int = 0
    connections: int = 0
    requests: list[Request] = field(default_factory=list)
    handlers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The address of its hook."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}/hook"

    async def serve_connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the requests of one connection until the sender leaves."""
        self.connections += 1
        try:
            while not writer.is_closing():
                self.requests.append(await _read_request(reader))
                await self.answer(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the sender has left, as it may
        finally:
            writer.transport.abort()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves a new connection in a task of its own."""
        self.handlers.add(asyncio.create_task(self.serve_connection(reader, writer)))

    async def hang_up(self) -> None:
        """Ends all connections, whatever they are at; raises what a handler failed with, so no test misses it."""
        for handler in self.handlers:
            handler.cancel()
        ends = await asyncio.gather(*self.handlers, return_exceptions=True)
        failures = [end for end in ends if isinstance(end, Exception)]
        if failures:
            raise ExceptionGroup("A receiver failed.", failures)


class Serve(Protocol):
    """Starts a receiver that lives as long as the test."""

    async def __call__(
        self,
        answer: bytes | Answer,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> Receiver:
        """Returns it, listening; port 0 is a free one."""
        ...


class MakeSender(Protocol):
    """Opens a sender that lives as long as the test."""

    async def __call__(
        self,
        limits: SendLimits = ...,
        *,
        allowed: tuple[str, ...] = ("127.0.0.1/32",),
        resolver: AbstractResolver | None = None,
    ) -> Sender:
        """Returns it; the default may reach 127.0.0.1 and no other address of this machine."""
        ...


class Names(AbstractResolver):
    """A name server: each look-up of a name gets the next of its answers, and the last one from then on."""

    def __init__(self, answers: dict[str, list[list[str]]]) -> None:
        self.answers = answers
        self.look_ups = 0

    async def resolve(  # sizes: aiohttp's interface
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Returns the addresses of this look-up.

        Raises:
            OSError: there is no such name.
        """
        rounds = self.answers.get(host)
        if rounds is None:
            raise OSError(None, "no such name")
        answer = rounds[min(self.look_ups, len(rounds) - 1)]
        self.look_ups += 1
        return [_resolved(host, port, address) for address in answer]

    async def close(self) -> None:
        """Has nothing to close."""


@asynccontextmanager
async def receiving(receiver: Receiver, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Listens, on a free port where it is 0; at the end every connection is ended."""
    server = await asyncio.start_server(receiver.accept, receiver.host, receiver.port, ssl=tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        await receiver.hang_up()


def fixed(answer: bytes) -> Answer:
    """Answers every request with the same bytes."""

    async def write(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return write


async def _read_request(reader: asyncio.StreamReader) -> Request:
    line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(line=line, headers=headers, body=body)


def _resolved(host: str, port: int, address: str) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
