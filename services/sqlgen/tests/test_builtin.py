"""The built-in generator behind the port."""

from datetime import UTC, datetime

from rowcall_contracts.candidates import Candidate, ClarificationKind, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Generator, Tried
from rowcall_sqlgen.index_cache import IndexCache, cache_key


def _request(catalog: Catalog, question: str, *feedback: Tried) -> GenerationRequest:
    return GenerationRequest(
        question=question,
        connection_id="conn_1",
        catalog=catalog,
        max_rows=100,
        now=datetime(2014, 2, 3, tzinfo=UTC),
        feedback=feedback,
    )


async def test_index_is_built_once_per_state_of_the_catalog(demo_catalog: Catalog) -> None:
    cache = IndexCache(max_bytes=10_000_000)
    generator: Generator = BuiltinGenerator(cache)
    first = await generator.generate(_request(demo_catalog, "How many flights are there?"))
    kept = cache.get(cache_key("conn_1", demo_catalog))
    await generator.generate(_request(demo_catalog, "How many planes are there?"))
    assert first.candidates[0].sql == "SELECT COUNT(*) AS flight_count FROM flights"
    assert first.generator == "builtin"
    assert kept is not None
    assert cache.get(cache_key("conn_1", demo_catalog)) is kept
    assert cache.size_bytes > 100_000


async def test_relative_dates_count_from_the_given_day(demo_catalog: Catalog) -> None:
    generator = BuiltinGenerator(IndexCache(max_bytes=0))
    answer = await generator.generate(_request(demo_catalog, "How many flights were there last year?"))
    assert answer.candidates[0].sql == "SELECT COUNT(*) AS flight_count FROM flights WHERE year = 2013"
    assert "Dates were read from flights.year." in answer.candidates[0].assumptions


async def test_candidates_that_failed_are_not_offered_again(demo_catalog: Catalog) -> None:
    generator = BuiltinGenerator(IndexCache(max_bytes=10_000_000))
    question = "How many flights are there?"
    first = (await generator.generate(_request(demo_catalog, question))).candidates
    failed = [Tried(candidate, Outcome(status=OutcomeStatus.ERROR)) for candidate in first]
    second = await generator.generate(_request(demo_catalog, question, *failed))
    assert {candidate.sql for candidate in second.candidates}.isdisjoint(candidate.sql for candidate in first)


async def test_nothing_left_to_try_is_said_and_not_raised(demo_catalog: Catalog) -> None:
    generator = BuiltinGenerator(IndexCache(max_bytes=10_000_000))
    question = "List all airlines"
    tried: list[Tried] = []
    for _ in range(4):
        found = (await generator.generate(_request(demo_catalog, question, *tried))).candidates
        tried += [Tried(Candidate(sql=c.sql, confidence=0.5), Outcome(status=OutcomeStatus.REFUSED)) for c in found]
    last = await generator.generate(_request(demo_catalog, question, *tried))
    assert last.candidates == ()
    assert last.clarification is not None
    assert last.clarification.kind is ClarificationKind.NOT_UNDERSTOOD


async def test_very_long_question_is_refused_quickly(demo_catalog: Catalog) -> None:
    generator = BuiltinGenerator(IndexCache(max_bytes=10_000_000))
    answer = await generator.generate(_request(demo_catalog, "flights and planes " * 2_000))
    assert answer.clarification is not None
    assert "80 words" in answer.clarification.message
