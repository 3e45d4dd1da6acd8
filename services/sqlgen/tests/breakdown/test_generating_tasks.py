"""The step `generate` with a breakdown, over a real store and a real endpoint."""

from collections.abc import AsyncIterator

import pytest

from rowcall_contracts.candidates import Generation
from rowcall_contracts.jobs import Job, JsonObject
from rowcall_contracts.outputs import ChatOutput
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.settings import SqlgenSettings
from rowcall_contracts.work import State
from rowcall_runtime.driver import Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.testing import platform_without_kafka
from rowcall_sqlgen.llm.testing import failed, offered, said, serving_llm
from services.sqlgen.tests.test_llm_rounds import Desk

QUESTIONS = "How many offices? How many cities?"
INTROSPECTED: dict[str, JsonObject] = {Step.INTROSPECT: {"fingerprint": "f", "changed": False, "elapsed_ms": 1}}
ASKED_BACK = '{"candidates": [], "clarification": {"kind": "not_understood", "message": "No.", "words": ["x"]}}'


@pytest.fixture
async def desk(shared_store: Store) -> AsyncIterator[Desk]:
    settings = SqlgenSettings.model_validate({"mongo_url": "-", "kafka_bootstrap": "127.0.0.1:1"})
    async with platform_without_kafka(Service.SQLGEN, shared_store, settings) as platform, serving_llm() as llm:
        yield Desk(platform=platform, llm=llm, workspace_id=new_id(Prefix.WORKSPACE))


async def _job(desk: Desk, outputs: dict[str, JsonObject]) -> Job:
    job = desk.job(await desk.connect(), outputs)
    return job.model_copy(update={"input": {**job.input, "question": QUESTIONS, "breakdown": True}})


async def test_tasks_go_on_to_execute_with_the_tokens_of_all(desk: Desk) -> None:
    desk.llm.otherwise = offered("SELECT count(*) FROM office")
    generation = await desk.generated(await _job(desk, {}))
    assert [task.question for task in generation.tasks] == ["How many offices?", "How many cities?"]
    assert all(task.candidates for task in generation.tasks)
    assert generation.prompt_tokens == 2 * 100


async def test_a_task_that_asks_back_has_the_structure_looked_at_once(desk: Desk) -> None:
    desk.llm.scripts = [offered("SELECT count(*) FROM office"), said(ASKED_BACK)]
    assert (await desk.handler(await _job(desk, {}))).next_step is Step.INTROSPECT

    desk.llm.scripts = [offered("SELECT count(*) FROM office"), said(ASKED_BACK)]
    going_on = await desk.handler(await _job(desk, INTROSPECTED))
    assert going_on.next_step is None
    assert isinstance(going_on.output, Generation)
    assert sorted(bool(task.candidates) for task in going_on.output.tasks) == [False, True]


async def test_when_all_ask_back_the_job_ends_with_one_question_back(desk: Desk) -> None:
    desk.llm.otherwise = said(ASKED_BACK)
    ended = await desk.handler(await _job(desk, INTROSPECTED))
    assert ended.ends is State.NEEDS_INPUT
    assert isinstance(ended.result, ChatOutput)
    assert [task.id for task in ended.result.tasks] == ["1", "2"]
    assert ended.result.clarification is not None
    assert ended.result.clarification.words == ("x",)


async def test_a_task_that_the_endpoint_refuses_for_good_does_not_end_the_others(desk: Desk) -> None:
    desk.llm.scripts = [failed(413), offered("SELECT count(*) FROM office")]
    output = (await desk.handler(await _job(desk, INTROSPECTED))).output
    assert isinstance(output, Generation)
    assert sorted((bool(task.candidates), task.error is not None) for task in output.tasks) == [
        (False, True),
        (True, False),
    ]
