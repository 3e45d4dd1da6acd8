"""A language model for tests: a real HTTP server on loopback that speaks the protocol and answers as scripted."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from openai import AsyncOpenAI
from pydantic import SecretStr

from rowcall_contracts.candidates import Clarification, ClarificationKind, Generation
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Generator
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.completion import LlmEndpoint
from rowcall_sqlgen.llm.generator import LlmGenerator
from rowcall_sqlgen.llm.poll import Allowance
from rowcall_sqlgen.llm.provider import Patience, Provider, Surroundings

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
KEY = "sk-test-not-for-logs"
HASTE = Patience(first_delay_s=0.01)
ONE_ANSWER = Allowance(seconds=10.0)

PROMPT_TOKENS = 100
COMPLETION_TOKENS = 20

Script = Callable[[web.Request], Awaitable[web.StreamResponse]]
"""What the server does with one request."""


def completion(content: str | None, *, finish: str = "stop", **message: str | None) -> dict[str, object]:
    """Returns the body of a whole answer; `message` are further members of the message, such as `refusal`."""
    said = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "finish_reason": finish, "message": said}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], **_USED}


def said(content: str | None, *, finish: str = "stop", **message: str | None) -> Script:
    """Answers with a whole completion."""
    return sent(completion(content, finish=finish, **message))


def offered(*statements: str, confidence: float = 0.9) -> Script:
    """Answers with candidates."""
    candidates = [{"sql": sql, "confidence": confidence, "assumptions": ["All."]} for sql in statements]
    return said(json.dumps({"candidates": candidates, "clarification": None}))


def streamed(*pieces: str) -> Script:
    """Answers with events, one per piece of the content, and the cost in the last one."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        deltas: list[Mapping[str, object]] = [{"role": "assistant", "content": ""}, *({"content": p} for p in pieces)]
        for delta in deltas:
            await _send(response, {"choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None})
        await _send(response, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        await _send(response, {"choices": [], **_USED})
        await response.write(b"data: [DONE]\n\n")
        return response

    return answer


def failed(status: int, *, headers: Mapping[str, str] | None = None, text: str = "busy") -> Script:
    """Answers with an error."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers, text=text)

    return answer


def sent(body: object) -> Script:
    """Answers 200 with any JSON."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response(body)

    return answer


def dripped(seconds: float) -> Script:
    """Sends one byte of a body every now and then, and never finishes within `seconds`."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(int(seconds / _DRIP_S)):
            await response.write(b" ")
            await asyncio.sleep(_DRIP_S)
        return response

    return answer


def late(script: Script, seconds: float) -> Script:
    """Waits before it answers."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await script(request)

    return answer


_DRIP_S = 0.02
_USED = {"usage": {"prompt_tokens": PROMPT_TOKENS, "completion_tokens": COMPLETION_TOKENS}}


class Helpless:
    """A built-in engine that understands nothing, for tests of the model alone."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """Asks back."""
        asked = Clarification(kind=ClarificationKind.NOT_UNDERSTOOD, message="Not understood.")
        return Generation(dialect=request.catalog.dialect, clarification=asked, generator="builtin")


@dataclass
class LlmServer:
    """Answers requests in turn by `scripts`, then by `otherwise`; keeps what it was sent, byte by byte."""

    base_url: str = ""
    scripts: list[Script] = field(default_factory=list)
    otherwise: Script = field(default_factory=lambda: failed(500, text="nothing is scripted"))
    refused_members: frozenset[str] = frozenset()
    bodies: list[str] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    arrivals: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    clients: list[AsyncOpenAI] = field(default_factory=list)

    def provider(self, *, timeout_s: float = 5.0, stream: bool = False, patience: Patience = HASTE) -> Provider:
        """Returns a provider that asks this server."""
        endpoint = LlmEndpoint(
            base_url=self.base_url, model="m", api_key=SecretStr(KEY), timeout_s=timeout_s, stream=stream
        )
        self.clients.append(endpoint.client())
        surroundings = Surroundings(now=lambda: NOW, random=lambda: 1.0)
        return Provider(self.clients[-1], endpoint, patience=patience, surroundings=surroundings)

    def generator(
        self, provider: Provider | None = None, *, allowance: Allowance = ONE_ANSWER, builtin: Generator | None = None
    ) -> LlmGenerator:
        """Returns a generator that asks this server, and the built-in engine or what stands in for it."""
        indexes = IndexCache(max_bytes=50_000_000)
        engine = builtin or BuiltinGenerator(indexes)
        return LlmGenerator(provider or self.provider(), engine, indexes=indexes, allowance=allowance)

    def messages(self, request: int = 0) -> list[dict[str, str]]:
        """Returns the messages of a request."""
        found: list[dict[str, str]] = json.loads(self.bodies[request])["messages"]
        return found

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serves one request."""
        self.arrivals.append(time.perf_counter())
        self.bodies.append(await request.text())
        self.authorizations.append(request.headers.get("Authorization"))
        if self.refused_members & json.loads(self.bodies[-1]).keys():
            return web.json_response({"error": {"message": "unknown parameter"}}, status=400)
        script = self.scripts.pop(0) if self.scripts else self.otherwise
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await script(request)
        finally:
            self.at_once -= 1


@asynccontextmanager
async def serving_llm() -> AsyncIterator[LlmServer]:
    """Runs a server until the block ends."""
    server = LlmServer()
    application = web.Application(client_max_size=16 * 2**20)
    application.router.add_post("/v1/chat/completions", server.answer)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        server.base_url = f"http://{host}:{port}/v1"
        yield server
    finally:
        for client in server.clients:
            await client.close()
        await runner.cleanup()


async def _send(response: web.StreamResponse, event: Mapping[str, object]) -> None:
    await response.write(b"data: " + json.dumps(event).encode() + b"\n\n")
