"""Questions found by a model behind HTTP, and the rules when it does not find any."""

import json
from collections.abc import AsyncIterator

import pytest

from rowcall_sqlgen.breakdown.cutter import RuleCutter
from rowcall_sqlgen.breakdown.model_cutter import SCHEMA, ModelCutter
from rowcall_sqlgen.breakdown.rules import LONGEST_QUESTION, cut_by_rules
from rowcall_sqlgen.llm.testing import (
    COMPLETION_TOKENS,
    PROMPT_TOKENS,
    LlmServer,
    Script,
    failed,
    late,
    said,
    serving_llm,
)

TEXT = "How many flights were there in 2013? And planes?"


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with serving_llm() as server:
        yield server


def _cutter(llm: LlmServer, *, within_s: float = 5.0) -> ModelCutter:
    return ModelCutter(llm.provider(), within_s=within_s, otherwise=RuleCutter())


def _questions(*questions: object) -> str:
    return json.dumps({"questions": questions})


async def test_the_models_questions_are_taken_and_their_cost_is_told(llm: LlmServer) -> None:
    llm.otherwise = said(f"<think>{{}}</think>Here: {_questions('Flights in 2013?', 'Planes in 2013?')}")
    cut = await _cutter(llm).cut(TEXT)
    assert cut.questions == ("Flights in 2013?", "Planes in 2013?")
    assert (cut.prompt_tokens, cut.completion_tokens) == (PROMPT_TOKENS, COMPLETION_TOKENS)

    asked = json.loads(llm.bodies[0])
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert json.loads(asked["messages"][1]["content"]) == {"text": TEXT}


async def test_a_text_that_asks_one_thing_stays_as_the_user_wrote_it(llm: LlmServer) -> None:
    llm.otherwise = said(_questions("Total flights 2013"))
    assert (await _cutter(llm).cut(TEXT)).questions == (TEXT,)


@pytest.mark.parametrize(
    "script",
    [
        said("I would rather not."),
        said('{"questions": "all of them"}'),
        said(_questions()),
        said(_questions("Flights?", 7)),
        said(_questions("Flights?", "x" * (LONGEST_QUESTION + 1))),
        said(_questions("Flights in 2013?", "Flights in 2014?")),
        said(_questions(*[f"Question {'x' * number}?" for number in range(1, 30)])),
        said(None, refusal="No."),
        said(_questions("Flights?", "Planes?"), finish="content_filter"),
        failed(400),
        failed(401),
        failed(500),
    ],
    ids=range(12),
)
async def test_whatever_else_it_answers_the_rules_cut(llm: LlmServer, script: Script) -> None:
    llm.otherwise = script
    assert (await _cutter(llm).cut(TEXT)).questions == cut_by_rules(TEXT)
    assert len(cut_by_rules(TEXT)) == 2


async def test_a_model_that_takes_too_long_is_not_waited_for(llm: LlmServer) -> None:
    llm.otherwise = late(said(_questions("Flights?", "Planes?")), 30.0)
    assert (await _cutter(llm, within_s=0.2).cut(TEXT)).questions == cut_by_rules(TEXT)


@pytest.mark.parametrize("text", ["", " \n ", "flights? " * 1_000])
async def test_what_is_no_question_or_too_long_is_not_sent(llm: LlmServer, text: str) -> None:
    assert (await _cutter(llm).cut(text)).questions == cut_by_rules(text)
    assert llm.bodies == []
