"""The LLM generator against a real HTTP server that speaks the chat completions protocol."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from rowcall_contracts.candidates import Candidate, ClarificationKind, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.llm.poll import Allowance
from rowcall_sqlgen.llm.testing import (
    KEY,
    NOW,
    Helpless,
    LlmServer,
    Script,
    failed,
    late,
    offered,
    said,
    sent,
    serving_llm,
    streamed,
)

COLUMNS = tuple(Column(name=name, type="TEXT", kind=ColumnKind.TEXT) for name in ("city", "country"))
CATALOG = Catalog(
    dialect=Dialect.SQLITE, fingerprint="f", tables=(Table(name="office", columns=COLUMNS),), profiled_at=NOW
)
REQUEST = GenerationRequest(question="How many offices?", connection_id="conn_1", catalog=CATALOG, max_rows=10, now=NOW)
COUNT = "SELECT COUNT(*) FROM office"


def _tried(sql: str, status: OutcomeStatus = OutcomeStatus.ERROR) -> Tried:
    return Tried(Candidate(sql=sql, confidence=0.5), Outcome(status=status, message="no"))


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with serving_llm() as server:
        yield server


async def test_candidates_and_token_use_come_back(llm: LlmServer) -> None:
    llm.scripts = [offered(f"{COUNT};")]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert generation.candidates == (Candidate(sql=COUNT, confidence=0.9, assumptions=("All.",)),)
    assert (generation.generator, generation.prompt_tokens, generation.completion_tokens) == ("llm", 100, 20)
    assert llm.authorizations == [f"Bearer {KEY}"]


async def test_streamed_answer_is_read_with_its_cost(llm: LlmServer) -> None:
    content = json.dumps({"candidates": [{"sql": COUNT}], "clarification": None})
    llm.scripts = [streamed(content[:10], content[10:30], content[30:])]
    generation = await llm.generator(llm.provider(stream=True), builtin=Helpless()).generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates] == [COUNT]
    assert (generation.prompt_tokens, generation.completion_tokens) == (100, 20)
    assert json.loads(llm.bodies[0])["stream"] is True


async def test_answer_of_the_other_kind_than_asked_for_is_read_too(llm: LlmServer) -> None:
    content = json.dumps({"candidates": [{"sql": COUNT}], "clarification": None})
    llm.scripts = [streamed(content), said(content)]
    whole = await llm.generator(builtin=Helpless()).generate(REQUEST)
    stream = await llm.generator(llm.provider(stream=True), builtin=Helpless()).generate(REQUEST)
    assert whole.candidates == stream.candidates
    assert len(whole.candidates) == 1


async def test_candidates_that_the_guard_refuses_or_that_were_tried_are_dropped(llm: LlmServer) -> None:
    llm.scripts = [offered("DROP TABLE office", "SELECT 1; SELECT 2", "SELECT city FROM office", COUNT)]
    request = replace(REQUEST, feedback=(_tried("select o.city from office as o"),))
    generation = await llm.generator(builtin=Helpless()).generate(request)
    assert [candidate.sql for candidate in generation.candidates] == [COUNT]


async def test_statement_that_was_skipped_in_the_last_round_may_be_offered_again(llm: LlmServer) -> None:
    llm.scripts = [offered(COUNT)]
    skipped = replace(REQUEST, feedback=(_tried(COUNT, OutcomeStatus.SKIPPED),))
    generation = await llm.generator(builtin=Helpless()).generate(skipped)
    assert [candidate.sql for candidate in generation.candidates] == [COUNT]
    assert json.loads(llm.messages()[1]["content"])["tried"] == []


async def test_answer_of_forbidden_statements_alone_is_sent_back_once(llm: LlmServer) -> None:
    llm.scripts = [offered("DELETE FROM office"), offered(COUNT)]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates] == [COUNT]
    assert [message["role"] for message in llm.messages(1)] == ["system", "user", "assistant", "user"]


async def test_only_forbidden_statements_twice_become_a_clarification(llm: LlmServer) -> None:
    llm.scripts = [offered("DELETE FROM office"), offered("SELECT * FROM passwords")]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert generation.candidates == ()
    assert generation.clarification is not None
    assert generation.prompt_tokens == 200


async def test_at_most_five_candidates_are_taken_and_confidence_is_bounded_and_falls(llm: LlmServer) -> None:
    replies = [{"sql": f"SELECT {n}", "confidence": confidence} for n, confidence in enumerate((7, 0.2, 0.9, -1, 0, 1))]
    llm.scripts = [said("```json\n" + json.dumps({"candidates": replies}) + "\n```")]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates] == [f"SELECT {n}" for n in range(5)]
    assert [candidate.confidence for candidate in generation.candidates] == [1.0, 0.2, 0.2, 0.0, 0.0]


@pytest.mark.parametrize("first", ["I think it is 7.", '{"candidates": []}', '{"candidates": [{"sql": 5}]}', "[]", ""])
async def test_malformed_answer_is_repaired_once(llm: LlmServer, first: str) -> None:
    llm.scripts = [said(first), offered(COUNT)]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert len(generation.candidates) == 1
    assert (generation.prompt_tokens, generation.completion_tokens) == (200, 40)
    assert len(llm.messages(1)) == 4


async def test_answer_that_was_cut_off_is_asked_for_again_in_short(llm: LlmServer) -> None:
    llm.scripts = [said('{"candidates": [{"sql": "SELECT', finish="length"), offered(COUNT)]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert len(generation.candidates) == 1
    assert "cut off" in llm.messages(1)[3]["content"]


async def test_answer_malformed_twice_is_permanent_and_does_not_quote_it(llm: LlmServer) -> None:
    llm.scripts = [said("secret words"), said("secret words")]
    with pytest.raises(Permanent) as raised:
        await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert raised.value.kind is ProblemType.GENERATOR_FAILED
    assert "secret" not in raised.value.detail
    assert len(llm.bodies) == 2


async def test_clarification_of_the_model_is_handed_on(llm: LlmServer) -> None:
    asked = {"kind": "ambiguous", "message": "Which offices?", "words": ["offices"], "options": ["open", "closed"]}
    llm.scripts = [said(json.dumps({"candidates": [], "clarification": asked}))]
    generation = await llm.generator().generate(REQUEST)
    assert generation.candidates == ()
    assert generation.clarification is not None
    assert generation.clarification.kind is ClarificationKind.AMBIGUOUS
    assert generation.clarification.options == ("open", "closed")


@pytest.mark.parametrize(
    "script",
    [said(None, refusal="I can't help with that."), said("I can't help with that.", finish="content_filter")],
    ids=["refusal", "content filter"],
)
async def test_refusal_without_the_engine_is_a_clarification_with_its_cost(llm: LlmServer, script: Script) -> None:
    llm.scripts = [script]
    generation = await llm.generator(builtin=Helpless()).generate(REQUEST)
    assert generation.clarification is not None
    assert "I can't help with that." in generation.clarification.message
    assert generation.prompt_tokens == 100


async def test_engine_that_agrees_raises_the_confidence_and_is_not_listed_twice(llm: LlmServer) -> None:
    llm.scripts = [offered("select count(*) from office", "SELECT COUNT(DISTINCT city) FROM office", confidence=0.6)]
    generation = await llm.generator().generate(REQUEST)
    best, *others = generation.candidates
    assert best.sql == "select count(*) from office"
    assert best.confidence > 0.9
    assert best.used_words == ("How", "many", "offices")
    assert "SELECT COUNT(*) AS office_count FROM office" not in [candidate.sql for candidate in others]


async def test_engine_fills_free_places_after_the_models_candidates(llm: LlmServer) -> None:
    llm.scripts = [offered("SELECT COUNT(country) FROM office")]
    generation = await llm.generator().generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates] == [
        "SELECT COUNT(country) FROM office",
        "SELECT COUNT(*) AS office_count FROM office",
    ]


async def test_statement_that_most_samples_agree_on_ranks_first(llm: LlmServer) -> None:
    llm.scripts = [offered("SELECT MIN(city) FROM office"), offered(COUNT), said("nonsense")]
    llm.otherwise = offered("select count(*) as n from office o")
    allowance = Allowance(seconds=10.0, samples=4)
    generation = await llm.generator(allowance=allowance, builtin=Helpless()).generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates][1:] == ["SELECT MIN(city) FROM office"]
    assert generation.candidates[0].confidence == pytest.approx(0.9 * 3 / 4, abs=0.001)
    assert [json.loads(body)["temperature"] for body in llm.bodies][:2] == [0.0, 0.7]


async def test_samples_stop_at_the_budget_of_tokens(llm: LlmServer) -> None:
    llm.otherwise = offered(COUNT)
    allowance = Allowance(seconds=10.0, samples=8, tokens=3 * 120 + 50)
    generation = await llm.generator(allowance=allowance, builtin=Helpless()).generate(REQUEST)
    assert len(llm.bodies) == 3
    assert generation.prompt_tokens == 300


async def test_later_samples_may_fail_or_be_late(llm: LlmServer) -> None:
    llm.scripts = [offered(COUNT), failed(403), late(offered(COUNT), 30.0)]
    allowance = Allowance(seconds=3.0, samples=3)
    generation = await llm.generator(allowance=allowance, builtin=Helpless()).generate(REQUEST)
    assert [candidate.sql for candidate in generation.candidates] == [COUNT]


async def test_more_samples_that_ask_back_than_offer_give_the_question_back(llm: LlmServer) -> None:
    asking = said(json.dumps({"candidates": [], "clarification": {"message": "Which offices?"}}))
    llm.scripts = [offered(COUNT), asking, asking]
    generation = await llm.generator(allowance=Allowance(seconds=10.0, samples=3)).generate(REQUEST)
    assert generation.candidates == ()
    assert generation.clarification is not None
    assert generation.clarification.message == "Which offices?"


@pytest.mark.parametrize("question", ["", "  \n\t", "offices and " * 9_000])
async def test_question_without_words_or_end_never_reaches_the_model(llm: LlmServer, question: str) -> None:
    generation = await llm.generator().generate(replace(REQUEST, question=question))
    assert generation.clarification is not None
    assert llm.bodies == []


async def test_answer_that_is_no_completion_is_not_trusted(llm: LlmServer) -> None:
    llm.otherwise = sent({"hello": "world"})
    with pytest.raises(Retryable, match="could not be read"):
        await llm.generator(builtin=Helpless()).generate(REQUEST)
