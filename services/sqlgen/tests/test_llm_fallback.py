"""The built-in engine takes over when the language model fails, if it is sure enough."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from rowcall_contracts.candidates import Candidate, Generation, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.llm.circuit import FAILURES_TO_OPEN
from rowcall_sqlgen.llm.generator import LEAST_CONFIDENCE
from rowcall_sqlgen.llm.provider import Patience
from rowcall_sqlgen.llm.testing import NOW, LlmServer, Script, failed, late, offered, said, serving_llm

CITY = Column(name="city", type="TEXT", kind=ColumnKind.TEXT)
CATALOG = Catalog(
    dialect=Dialect.SQLITE, fingerprint="f", tables=(Table(name="office", columns=(CITY,)),), profiled_at=NOW
)
REQUEST = GenerationRequest(question="How many offices?", connection_id="conn_1", catalog=CATALOG, max_rows=10, now=NOW)
NOT_UNDERSTOOD = replace(REQUEST, question="How many zeppelins?")


class Unsure:
    """An engine with one candidate that it hardly believes in."""

    async def generate(self, request: GenerationRequest) -> Generation:
        guess = Candidate(sql="SELECT COUNT(*) FROM office", confidence=LEAST_CONFIDENCE - 0.01)
        return Generation(dialect=request.catalog.dialect, candidates=(guess,), generator="builtin")


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with serving_llm() as server:
        yield server


@pytest.mark.parametrize(
    "script", [failed(401), failed(404), failed(500), failed(429, headers={"Retry-After": "300"}), said("no JSON")]
)
async def test_engine_answers_and_says_so_when_the_model_does_not(llm: LlmServer, script: Script) -> None:
    llm.otherwise = script
    generation = await llm.generator().generate(REQUEST)
    assert generation.generator == "builtin"
    assert generation.candidates[0].sql == "SELECT COUNT(*) AS office_count FROM office"
    assert all("language model was not available" in candidate.assumptions[-1] for candidate in generation.candidates)


@pytest.mark.parametrize("script", [said(None, refusal="No."), said("", finish="content_filter")])
async def test_engine_answers_what_the_model_declines(llm: LlmServer, script: Script) -> None:
    llm.otherwise = script
    generation = await llm.generator().generate(REQUEST)
    assert generation.generator == "builtin"
    assert "declined" in generation.candidates[0].assumptions[-1]
    assert generation.prompt_tokens == 100


async def test_engine_answers_when_the_model_offers_only_what_may_not_run(llm: LlmServer) -> None:
    llm.otherwise = offered("DROP TABLE office")
    generation = await llm.generator().generate(REQUEST)
    assert generation.generator == "builtin"
    assert [candidate.sql for candidate in generation.candidates] == ["SELECT COUNT(*) AS office_count FROM office"]


async def test_engine_answers_while_the_circuit_is_open_without_asking(llm: LlmServer) -> None:
    llm.otherwise = failed(500)
    generator = llm.generator(llm.provider(patience=Patience(retries=0)))
    generations = [await generator.generate(REQUEST) for _ in range(FAILURES_TO_OPEN + 2)]
    assert {generation.generator for generation in generations} == {"builtin"}
    assert len(llm.bodies) == FAILURES_TO_OPEN


async def test_engine_does_not_offer_what_was_tried_in_another_spelling(llm: LlmServer) -> None:
    llm.otherwise = failed(503)
    tried = Tried(
        Candidate(sql="select count(*) from office as o", confidence=0.9), Outcome(status=OutcomeStatus.TIMEOUT)
    )
    with pytest.raises(Retryable, match="503"):
        await llm.generator().generate(replace(REQUEST, feedback=(tried,)))


async def test_engine_answers_at_the_deadline_of_the_step(llm: LlmServer) -> None:
    llm.otherwise = late(offered("SELECT city FROM office"), 30.0)
    generator = llm.generator(llm.provider(timeout_s=0.2, patience=Patience(retries=0)))
    assert (await generator.generate(REQUEST)).generator == "builtin"


@pytest.mark.parametrize(("status", "error"), [(503, Retryable), (401, Permanent)])
async def test_failure_is_raised_when_the_engine_does_not_understand_either(
    llm: LlmServer, status: int, error: type[Exception]
) -> None:
    llm.otherwise = failed(status)
    with pytest.raises(error, match=str(status)):
        await llm.generator().generate(NOT_UNDERSTOOD)


async def test_failure_is_raised_when_the_engine_is_not_sure_enough(llm: LlmServer) -> None:
    llm.otherwise = failed(503)
    with pytest.raises(Retryable, match="503"):
        await llm.generator(builtin=Unsure()).generate(REQUEST)
