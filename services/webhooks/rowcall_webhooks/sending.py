"""One attempt over HTTP, bounded in time and bytes, to addresses that may be called. Logs nothing."""

import asyncio
import ssl
import time
from asyncio import Semaphore
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver
from yarl import URL

from rowcall_contracts.addresses import Network
from rowcall_webhooks.dialling import GuardedSockets, name_of
from rowcall_webhooks.outcomes import SendError, SendOutcome
from rowcall_webhooks.sessions import AgingSessions

USER_AGENT = "Rowcall-Webhooks/1"


@dataclass(frozen=True, kw_only=True)
class SendLimits:
    """Bounds of one attempt and of the connections behind it."""

    timeout_s: float = 15.0  # name look-up to last byte; Standard Webhooks 1.0.0 advises 15 to 30 s
    answer_bytes: int = 64 * 1024  # read at most; the connection is dropped when there is more
    kept_answer_bytes: int = 4 * 1024  # of those, kept for the attempt log
    per_host: int = 8  # attempts at once to one scheme, host and port; more wait, outside the deadline
    idle_s: float = 15.0  # an unused connection is closed after this
    max_age_s: float = 60.0  # and any connection, however busy, after this and its last request


class Sender:
    """Sends attempts. An async context manager that holds the connections.

    How many attempts run at once is the caller's pool to bound.
    """

    def __init__(
        self,
        limits: SendLimits,
        *,
        allowed: Sequence[Network] = (),
        resolver: AbstractResolver | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`allowed`: networks that may be called although they are not public; `resolver` replaces the system's."""
        self._limits = limits
        self._sockets = GuardedSockets(allowed)
        self._resolver = resolver
        self._monotonic = monotonic
        self._tls = ssl.create_default_context()
        self._sessions = AgingSessions(self._session, limits.max_age_s, monotonic=monotonic)
        self._slots: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._sessions.aclose()

    async def send(self, url: str, *, headers: Mapping[str, str], body: bytes) -> SendOutcome:
        """POSTs the body once and returns what came of it; raises nothing but cancellation.

        An attempt that was sent and not answered is a failure here, although the receiver may have taken it.
        """
        try:
            target = URL(url, encoded=True)
            origin = str(target.origin())
        except ValueError:
            return SendOutcome(error=SendError.INVALID_URL)
        # Waiting for a slot is this side's business, so it must not eat the endpoint's time.
        async with self._slots.setdefault(origin, Semaphore(self._limits.per_host)):
            exchange = _Exchange(self._limits)
            start_s = self._monotonic()
            error = await self._run(exchange, target, headers=headers, body=body)
            return exchange.outcome(error, duration_ms=round((self._monotonic() - start_s) * 1000))

    async def _run(
        self, exchange: "_Exchange", target: URL, *, headers: Mapping[str, str], body: bytes
    ) -> SendError | None:
        try:
            # One deadline over everything; aiohttp's own rounds up by as much as a second above 5 s.
            async with (
                asyncio.timeout(self._limits.timeout_s),
                self._sessions.borrow() as session,
                session.post(target, headers=headers, data=body, allow_redirects=False) as response,
            ):
                await exchange.read(response)
        except (ClientError, OSError, ValueError) as error:
            return name_of(error)
        return None

    def _session(self) -> ClientSession:
        connector = TCPConnector(
            ssl=self._tls,
            resolver=self._resolver,
            use_dns_cache=False,
            limit=0,
            keepalive_timeout=self._limits.idle_s,
            socket_factory=self._sockets,
        )
        return ClientSession(
            connector=connector,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            timeout=ClientTimeout(total=None),
            # Endpoints of different workspaces may share a host; they must not share cookies.
            cookie_jar=DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            read_bufsize=16 * 1024,
        )


class _Exchange:
    """What is known of an attempt so far, so that a deadline in the middle of the body leaves status and beginning."""

    def __init__(self, limits: SendLimits) -> None:
        self._limits = limits
        self._status: int | None = None
        self._retry_after: str | None = None
        self._answer = bytearray()

    async def read(self, response: ClientResponse) -> None:
        """Reads the answer up to its cap; aiohttp drops the connection of an answer that was not read whole."""
        self._status = response.status
        self._retry_after = response.headers.get("Retry-After")
        while chunk := await response.content.read(self._limits.answer_bytes - len(self._answer)):
            self._answer += chunk

    def outcome(self, error: SendError | None, *, duration_ms: int) -> SendOutcome:
        redirected = error is None and self._status is not None and 300 <= self._status <= 399
        return SendOutcome(
            status=self._status,
            error=SendError.REDIRECT if redirected else error,
            answer=self._answer[: self._limits.kept_answer_bytes].decode(errors="replace"),
            retry_after=self._retry_after,
            duration_ms=duration_ms,
        )
