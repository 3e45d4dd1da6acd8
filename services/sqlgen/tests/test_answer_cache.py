"""The cache of answers: never another answer than a new one would be, and bounded."""

import random
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest

from rowcall_contracts.candidates import Candidate, Generation, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_contracts.inputs import Turn
from rowcall_sqlgen.builtin.answer_cache import AnswerCache, AnswerKey, answer_key, normalised
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.index_cache import CacheKey, IndexCache
from rowcall_sqlgen.knowledge.model import Knowledge

NOW = datetime(2014, 2, 3, 9, tzinfo=UTC)
QUESTIONS = (
    "How many flights are there?",
    "How many flights were there last year?",
    "Which airlines fly to BOS?",
    "List all airlines",
    "average departure delay per month",
    "How many flights are from 'JFK'?",
    "top 5 carriers by number of flights",
    "how many unicorns are there?",
    "",
)


def _request(catalog: Catalog, question: str = QUESTIONS[0], now: datetime = NOW) -> GenerationRequest:
    return GenerationRequest(question=question, connection_id="conn_1", catalog=catalog, max_rows=100, now=now)


def _generator(answers: AnswerCache) -> BuiltinGenerator:
    return BuiltinGenerator(IndexCache(max_bytes=10_000_000), answers=answers)


def _respelled(question: str, chance: random.Random) -> str:
    """Changes white space outside of quotes and the end: what a person would not call another question."""
    parts = question.split("'")
    parts[::2] = [part.replace(" ", chance.choice((" ", "  ", "\t", "\n ", "\u00a0"))) for part in parts[::2]]
    return chance.choice(("", "  ")) + "'".join(parts).rstrip("?") + chance.choice(("", "?", " ?", ".", "??", "! "))


async def test_answer_is_the_same_with_and_without_the_cache(demo_catalog: Catalog) -> None:
    chance = random.Random(20_250_101)
    answers, no_room = AnswerCache(), AnswerCache(max_answers=0)
    cached, uncached = _generator(answers), _generator(no_room)
    for _ in range(40):
        question = chance.choice(QUESTIONS)
        spelled = chance.choice((_respelled(question, chance), question, question.upper(), question.lower()))
        request = _request(demo_catalog, spelled, NOW + timedelta(days=400) * chance.randint(0, 1))
        assert await cached.generate(request) == await uncached.generate(request), spelled
    assert len(no_room) == 0
    assert 0 < len(answers) < 40


async def test_a_question_that_differs_in_white_space_and_its_end_is_answered_from_the_cache(
    demo_catalog: Catalog,
) -> None:
    answers = AnswerCache()
    generator = _generator(answers)
    first = await generator.generate(_request(demo_catalog, "How many flights  are there?"))
    assert await generator.generate(_request(demo_catalog, " How many\tflights are there .")) is first
    assert len(answers) == 1


async def test_a_kept_answer_takes_less_than_five_milliseconds(demo_catalog: Catalog) -> None:
    generator = _generator(AnswerCache())
    first = await generator.generate(_request(demo_catalog))
    started = time.process_time()
    again = [await generator.generate(_request(demo_catalog)) for _ in range(100)]
    assert (time.process_time() - started) / 100 < 0.005
    assert all(answer is first for answer in again)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("flights to US", "flights to us"),
        ("flights to 'New  York'", "flights to 'New York'"),
        ('flights of "EV"', "flights of EV"),
        ("flights in 2013", "flights in 2014"),
        ("flights. Planes", "flights, planes"),
        ("delay < 5", "delay > 5"),
    ],
)
def test_questions_that_the_engine_tells_apart_have_different_keys(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


def test_key_follows_structure_profile_day_knowledge_and_connection(demo_catalog: Catalog) -> None:
    request = _request(demo_catalog)
    variants = (
        replace(request, connection_id="conn_2"),
        _request(demo_catalog.model_copy(update={"fingerprint": "other"})),
        _request(demo_catalog.model_copy(update={"profiled_at": NOW})),
        replace(request, now=NOW + timedelta(days=1)),
        replace(request, question="How many planes are there?"),
        replace(request, knowledge=Knowledge(instructions=("Count cancelled flights too.",))),
    )
    keys = {answer_key(each) for each in (request, *variants)}
    assert len(keys) == len(variants) + 1
    assert answer_key(replace(request, now=NOW + timedelta(hours=5))) == answer_key(request)


def test_every_member_of_a_request_is_part_of_the_key_or_does_not_matter() -> None:
    """A member added to the request may change answers: put it into the key, or name it here."""
    in_the_key = {"question", "connection_id", "catalog", "now", "knowledge"}
    never_cached = {"feedback", "history", "refining"}
    not_read_by_the_engine = {"max_rows", "share"}
    members = {field.name for field in fields(GenerationRequest)}
    assert members == in_the_key | never_cached | not_read_by_the_engine


async def test_requests_after_a_failed_round_are_neither_kept_nor_answered_from_the_cache(
    demo_catalog: Catalog,
) -> None:
    answers = AnswerCache()
    generator = _generator(answers)
    first = await generator.generate(_request(demo_catalog))
    tried = tuple(Tried(each, Outcome(status=OutcomeStatus.ERROR)) for each in first.candidates)
    second = await generator.generate(replace(_request(demo_catalog), feedback=tried))
    assert {each.sql for each in second.candidates}.isdisjoint(each.sql for each in first.candidates)
    assert len(answers) == 1
    assert await generator.generate(_request(demo_catalog)) is first


def test_turns_and_statements_to_change_are_never_answered_from_the_cache(demo_catalog: Catalog) -> None:
    request = _request(demo_catalog)
    assert answer_key(replace(request, refining="SELECT 1")) is None
    assert answer_key(replace(request, history=(Turn(question="List all airlines", sql="SELECT 1"),))) is None


def _key(question: str) -> AnswerKey:
    return AnswerKey(CacheKey("conn_1", "f", NOW), NOW.date(), normalised(question))


def _answer(length: int) -> Generation:
    return Generation(
        dialect=Dialect.SQLITE, candidates=(Candidate(sql="x" * length, confidence=1.0),), generator="builtin"
    )


def _kept(answers: AnswerCache, questions: Sequence[str]) -> list[str]:
    return [question for question in questions if answers.get(_key(question)) is not None]


def test_least_recently_used_answer_goes_first() -> None:
    answers = AnswerCache(max_answers=2)
    answers.put(_key("one"), _answer(10))
    answers.put(_key("two"), _answer(10))
    answers.get(_key("one"))
    answers.put(_key("three"), _answer(10))
    assert _kept(answers, ["one", "two", "three"]) == ["one", "three"]


def test_bytes_are_bounded_and_counted_once_per_answer() -> None:
    answers = AnswerCache(max_bytes=50_000)
    answers.put(_key("one"), _answer(20_000))
    once = answers.size_bytes
    answers.put(_key("one"), _answer(20_000))
    assert answers.size_bytes == once > 20_000
    answers.put(_key("two"), _answer(30_000))
    assert _kept(answers, ["one", "two"]) == ["two"]
    assert answers.size_bytes <= 50_000


def test_an_answer_above_the_bound_is_not_kept_and_throws_nothing_else_out() -> None:
    answers = AnswerCache(max_bytes=50_000)
    answers.put(_key("small"), _answer(10))
    answers.put(_key("huge"), _answer(60_000))
    assert _kept(answers, ["small", "huge"]) == ["small"]
