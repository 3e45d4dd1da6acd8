"""Failures of the endpoint: what is asked again, what is not, and what is said; over real HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
from openai.types.chat import ChatCompletionMessageParam

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.llm.circuit import FAILURES_TO_OPEN
from rowcall_sqlgen.llm.provider import Patience
from rowcall_sqlgen.llm.testing import (
    HASTE,
    KEY,
    LlmServer,
    dripped,
    failed,
    late,
    said,
    sent,
    serving_llm,
)

ONCE = Patience(retries=0)
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "hello"}]


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with serving_llm() as server:
        yield server


async def test_endpoint_that_fails_twice_is_asked_a_third_time(llm: LlmServer) -> None:
    llm.scripts = [failed(503), failed(500), said("here")]
    answer = await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)
    assert (answer.text, len(llm.bodies)) == ("here", 3)


async def test_endpoint_that_fails_on_is_not_asked_without_end(llm: LlmServer) -> None:
    llm.otherwise = failed(503)
    with pytest.raises(Retryable, match="503"):
        await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)
    assert len(llm.bodies) == 1 + HASTE.retries


async def test_delays_double_and_are_jittered(llm: LlmServer) -> None:
    llm.otherwise = failed(503)
    patience = Patience(retries=2, first_delay_s=0.2)
    with pytest.raises(Retryable):
        await llm.provider(patience=patience).complete(HELLO, temperature=0.0, within_s=5.0)
    first, second, third = llm.arrivals
    assert second - first >= 0.2
    assert third - second >= 0.4


async def test_retry_after_is_waited_for_where_there_is_time(llm: LlmServer) -> None:
    llm.scripts = [failed(429, headers={"Retry-After": "1"}), said("here")]
    started = time.perf_counter()
    answer = await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)
    assert answer.text == "here"
    assert time.perf_counter() - started >= 1.0


@pytest.mark.parametrize(
    ("status", "header", "after_s"),
    [
        (429, "7", 7.0),
        (429, "Wed, 01 Jan 2025 12:00:30 GMT", 30.0),
        (429, "999999", 600.0),
        (503, "20", 20.0),
    ],
)
async def test_retry_after_beyond_the_deadline_is_handed_on_at_once(
    llm: LlmServer, status: int, header: str, after_s: float
) -> None:
    llm.scripts = [failed(status, headers={"Retry-After": header})]
    started = time.perf_counter()
    with pytest.raises(Retryable) as raised:
        await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)
    assert raised.value.after_s == after_s
    assert time.perf_counter() - started < 5.0
    assert len(llm.bodies) == 1


@pytest.mark.parametrize(
    ("header", "after_s"), [("Wed, 01 Jan 2020 12:00:30 GMT", 0.0), ("soon", None), (None, None), ("-3", None)]
)
async def test_retry_after_that_is_past_or_unreadable_asks_for_no_wait(
    llm: LlmServer, header: str | None, after_s: float | None
) -> None:
    llm.scripts = [failed(429, headers={"Retry-After": header} if header else {})]
    with pytest.raises(Retryable) as raised:
        await llm.provider(patience=ONCE).complete(HELLO, temperature=0.0, within_s=5.0)
    assert raised.value.after_s == after_s


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (401, "ROWCALL_LLM_API_KEY"),
        (403, "ROWCALL_LLM_API_KEY"),
        (404, "ROWCALL_LLM_BASE_URL"),
        (413, "ROWCALL_LLM_PROMPT_TOKENS"),
        (418, "ROWCALL_LLM_MODEL"),
    ],
)
async def test_refused_request_is_permanent_named_and_keeps_the_key_to_itself(
    llm: LlmServer, status: int, hint: str
) -> None:
    llm.otherwise = failed(status, text=json.dumps({"error": {"message": f"bad key {KEY}"}}))
    with pytest.raises(Permanent) as raised:
        await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)
    assert raised.value.kind is ProblemType.GENERATOR_FAILED
    assert str(status) in raised.value.detail
    assert hint in raised.value.detail
    assert KEY not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert len(llm.bodies) == 1


async def test_server_without_structured_output_is_asked_for_json_and_then_plainly(llm: LlmServer) -> None:
    llm.refused_members = frozenset({"response_format"})
    llm.otherwise = said("here")
    provider = llm.provider()
    for _ in range(2):
        assert (await provider.complete(HELLO, temperature=0.0, within_s=5.0)).text == "here"
    asked = [json.loads(body).get("response_format", {}).get("type") for body in llm.bodies]
    assert asked == ["json_schema", "json_object", None, None]


async def test_server_that_knows_only_json_objects_is_asked_for_those(llm: LlmServer) -> None:
    llm.scripts = [failed(400), said("here"), said("there")]
    provider = llm.provider()
    for expected in ("here", "there"):
        assert (await provider.complete(HELLO, temperature=0.0, within_s=5.0)).text == expected
    asked = [json.loads(body)["response_format"]["type"] for body in llm.bodies]
    assert asked == ["json_schema", "json_object", "json_object"]


async def test_request_that_is_refused_in_every_form_is_permanent_and_changes_nothing_for_the_next(
    llm: LlmServer,
) -> None:
    llm.scripts = [failed(400), failed(400), failed(400), said("here")]
    provider = llm.provider()
    with pytest.raises(Permanent, match="400"):
        await provider.complete(HELLO, temperature=0.0, within_s=5.0)
    await provider.complete(HELLO, temperature=0.0, within_s=5.0)
    assert json.loads(llm.bodies[-1])["response_format"]["type"] == "json_schema"


async def test_slow_endpoint_is_retryable(llm: LlmServer) -> None:
    llm.otherwise = late(said("here"), 30.0)
    with pytest.raises(Retryable, match="in time"):
        await llm.provider(timeout_s=0.1, patience=ONCE).complete(HELLO, temperature=0.0, within_s=5.0)


async def test_endpoint_that_sends_a_byte_now_and_then_is_cut_off(llm: LlmServer) -> None:
    llm.otherwise = dripped(30.0)
    started = time.perf_counter()
    with pytest.raises(Retryable, match="in time"):
        await llm.provider(timeout_s=0.3, patience=ONCE).complete(HELLO, temperature=0.0, within_s=5.0)
    assert time.perf_counter() - started < 10.0


async def test_step_ends_at_its_deadline_whatever_a_call_may_take_and_that_counts_as_failure(llm: LlmServer) -> None:
    llm.otherwise = late(said("here"), 30.0)
    provider = llm.provider(timeout_s=20.0, patience=ONCE)
    for _ in range(FAILURES_TO_OPEN):
        started = time.perf_counter()
        with pytest.raises(Retryable, match="in time"):
            await provider.complete(HELLO, temperature=0.0, within_s=0.2)
        assert time.perf_counter() - started < 10.0
    with pytest.raises(Retryable, match="left alone"):
        await provider.complete(HELLO, temperature=0.0, within_s=0.2)


async def test_unreachable_endpoint_is_retryable(llm: LlmServer) -> None:
    llm.base_url = "http://127.0.0.1:9/v1"
    with pytest.raises(Retryable, match="reached"):
        await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)


@pytest.mark.parametrize("body", [{"hello": "world"}, {"choices": []}, [], "text", {"error": {"message": "x"}}])
async def test_answer_that_is_no_completion_is_asked_for_again(llm: LlmServer, body: object) -> None:
    llm.scripts = [sent(body), said("here")]
    assert (await llm.provider().complete(HELLO, temperature=0.0, within_s=5.0)).text == "here"


async def test_calls_at_once_are_bounded_and_waiting_counts_into_the_deadline(llm: LlmServer) -> None:
    llm.otherwise = late(said("here"), 0.1)
    provider = llm.provider(patience=Patience(concurrency=2))
    asked = (provider.complete(HELLO, temperature=0.0, within_s=5.0) for _ in range(6))
    assert [answer.text for answer in await asyncio.gather(*asked)] == ["here"] * 6
    assert llm.most_at_once == 2

    llm.otherwise = late(said("here"), 2.0)
    holders = [asyncio.create_task(provider.complete(HELLO, temperature=0.0, within_s=5.0)) for _ in range(2)]
    while llm.at_once < 2:
        await asyncio.sleep(0.01)
    with pytest.raises(Retryable, match="time of the step"):
        await provider.complete(HELLO, temperature=0.0, within_s=0.1)
    await asyncio.gather(*holders)


async def test_a_question_that_waits_for_its_next_try_holds_up_no_other(llm: LlmServer) -> None:
    llm.scripts = [failed(429, headers={"Retry-After": "60"})]
    llm.otherwise = said("here")
    provider = llm.provider(patience=Patience(concurrency=1))
    waiting = asyncio.create_task(provider.complete(HELLO, temperature=0.0, within_s=100.0))
    while not llm.bodies:
        await asyncio.sleep(0.01)
    assert (await provider.complete(HELLO, temperature=0.0, within_s=5.0)).text == "here"
    assert not waiting.done()
    waiting.cancel()


async def test_endpoint_that_failed_repeatedly_is_left_alone(llm: LlmServer) -> None:
    llm.otherwise = failed(500)
    provider = llm.provider(patience=ONCE)
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(Retryable, match="500"):
            await provider.complete(HELLO, temperature=0.0, within_s=5.0)
    with pytest.raises(Retryable, match="left alone") as raised:
        await provider.complete(HELLO, temperature=0.0, within_s=5.0)
    assert len(llm.bodies) == FAILURES_TO_OPEN
    assert raised.value.after_s is not None
    assert 0 < raised.value.after_s <= 30


async def test_cancelled_call_is_cancelled_at_the_server_and_frees_its_slot(llm: LlmServer) -> None:
    llm.scripts = [late(said("late"), 30.0)]
    llm.otherwise = said("here")
    provider = llm.provider(patience=Patience(concurrency=1))
    task = asyncio.create_task(provider.complete(HELLO, temperature=0.0, within_s=20.0))
    while not llm.at_once:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await provider.complete(HELLO, temperature=0.0, within_s=2.0)).text == "here"
