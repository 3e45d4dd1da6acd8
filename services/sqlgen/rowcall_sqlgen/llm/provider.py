"""The endpoint as generators use it: bounded calls at once, retries within a deadline, rest after many failures."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam
from opentelemetry.trace import SpanKind

from rowcall_runtime.errors import Permanent, Retryable
from rowcall_runtime.tracing import span
from rowcall_sqlgen.llm.answer_body import Completion
from rowcall_sqlgen.llm.circuit import Circuit
from rowcall_sqlgen.llm.completion import FormRefused, LlmEndpoint, complete
from rowcall_sqlgen.llm.response_format import REPLY_SCHEMA, Json, RequestForm

Messages = Sequence[ChatCompletionMessageParam]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How calls are repeated: `retries` more tries, each after a random part of a doubling delay (full jitter)."""

    retries: int = 2
    first_delay_s: float = 1.0
    concurrency: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a provider takes from outside: wall clock, randomness in 0..1, and who hears of each call's outcome."""

    now: Callable[[], datetime]
    random: Callable[[], float]
    observe: Callable[[str, float], None] = lambda outcome, seconds: None
    """Gets `ok`, `retryable`, `permanent` or `cancelled`, and the seconds that one call took."""


class Provider:
    """One endpoint, shared by all questions of the process. Remembers which form of request it accepts."""

    def __init__(
        self, client: AsyncOpenAI, endpoint: LlmEndpoint, *, patience: Patience, surroundings: Surroundings
    ) -> None:
        self._client = client
        self._endpoint = endpoint
        self._patience = patience
        self._surroundings = surroundings
        self._slots = asyncio.Semaphore(patience.concurrency)
        self._circuit = Circuit(time.monotonic)
        self._forms = tuple(RequestForm)

    async def complete(
        self, messages: Messages, *, temperature: float, within_s: float, schema: Json = REPLY_SCHEMA
    ) -> Completion:
        """Asks, and asks again where that may help and fits into `within_s` seconds, waiting for a slot included.

        `schema` is what the answer is asked to follow, of servers that know how.

        Raises:
            Retryable: it did not answer; `after_s` where it or the circuit says when to come back.
            Permanent: it refused the request, the key or the model.
        """
        ask = _Ask(messages, temperature, time.monotonic() + within_s, schema)
        failures = 0
        while True:
            try:
                async with self._slot(ask):
                    return await self._guarded(ask)
            except Retryable as error:
                delay_s = self._delay_s(error, failures)
                failures += 1
                if failures > self._patience.retries or self._circuit.is_open or delay_s >= ask.left_s:
                    raise
            await asyncio.sleep(delay_s)

    @asynccontextmanager
    async def _slot(self, ask: "_Ask") -> AsyncIterator[None]:
        """Holds one of the calls that may run at once; a question that sleeps between two tries holds none."""
        try:
            async with asyncio.timeout(ask.left_s):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Retryable("The LLM endpoint was busy with other questions for the time of the step.") from error
        try:
            yield
        finally:
            self._slots.release()

    def _delay_s(self, error: Retryable, failures: int) -> float:
        jittered = self._surroundings.random() * self._patience.first_delay_s * 2.0**failures
        return jittered if error.after_s is None else error.after_s + jittered

    async def _guarded(self, ask: "_Ask") -> Completion:
        """Calls unless the circuit is open, and tells it and the observer what came of the call."""
        if wait_s := self._circuit.wait_s():
            raise Retryable("The LLM endpoint failed repeatedly and is left alone for a while.", after_s=wait_s)
        started, outcome = time.perf_counter(), "cancelled"
        try:
            with span("llm call", parent=None, kind=SpanKind.CLIENT):
                answer = await self._formed(ask)
            outcome = "ok"
            self._circuit.succeeded()
        except Retryable:
            outcome = "retryable"
            self._circuit.failed()
            raise
        except Permanent:
            outcome = "permanent"
            self._circuit.succeeded()
            raise
        finally:
            self._surroundings.observe(outcome, time.perf_counter() - started)
        return answer

    async def _formed(self, ask: "_Ask") -> Completion:
        """Asks in the most demanding form that the endpoint accepts, and starts with that one from then on."""
        *demanding, last = self._forms
        for form in demanding:
            with suppress(FormRefused):
                return await self._once(ask, form)
        return await self._once(ask, last)

    async def _once(self, ask: "_Ask", form: RequestForm) -> Completion:
        try:
            async with asyncio.timeout(min(self._endpoint.timeout_s, ask.left_s)):
                answer = await complete(
                    self._client,
                    self._endpoint,
                    messages=ask.messages,
                    body=form.body(ask.temperature, ask.schema),
                    now=self._surroundings.now,
                )
        except TimeoutError as error:
            raise Retryable("The LLM endpoint did not answer in time.") from error
        self._forms = tuple(RequestForm)[list(RequestForm).index(form) :]
        return answer


@dataclass(frozen=True, slots=True)
class _Ask:
    messages: Messages
    temperature: float
    ends_at: float
    schema: Json

    @property
    def left_s(self) -> float:
        """Seconds until the caller stops waiting."""
        return self.ends_at - time.monotonic()
