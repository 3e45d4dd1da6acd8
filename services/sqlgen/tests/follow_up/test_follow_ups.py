"""Follow-ups on the demo data: each changed statement must give the rows of a query written by hand."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict

import pytest
import sqlglot

from rowcall_contracts.candidates import Candidate, ClarificationKind, Generation, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog
from rowcall_contracts.inputs import Turn
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.screening import may_run
from tools.testing.demo_data import DemoRows

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
JFK = "SELECT * FROM flights WHERE origin = 'JFK'"
PER_CARRIER = "SELECT carrier, COUNT(*) AS flight_count FROM flights GROUP BY carrier"


class FollowUp(TypedDict):
    before: str
    said: str
    reference: str
    ordered: bool


LINES = (Path(__file__).parent / "follow_ups.jsonl").read_text(encoding="utf-8").splitlines()
FOLLOW_UPS: list[FollowUp] = [json.loads(line) for line in LINES]


@pytest.fixture(scope="module")
def generator() -> BuiltinGenerator:
    return BuiltinGenerator(IndexCache(max_bytes=50_000_000))


def asked(said: str, before: str, catalog: Catalog, *tried: str, refining: bool = False) -> GenerationRequest:
    failed = Outcome(status=OutcomeStatus.ERROR)
    return GenerationRequest(
        question=said,
        connection_id="conn_1",
        catalog=catalog,
        max_rows=100,
        now=NOW,
        feedback=tuple(Tried(Candidate(sql=sql, confidence=0.5), failed) for sql in tried),
        history=() if refining else (Turn(question="The question before", sql=before),),
        refining=before if refining else None,
    )


def best(generation: Generation) -> Candidate:
    assert generation.candidates, generation.clarification
    return generation.candidates[0]


@pytest.mark.parametrize("refining", [False, True], ids=["turn", "refinement"])
@pytest.mark.parametrize("expected", FOLLOW_UPS, ids=lambda expected: expected["said"])
async def test_changed_statement_gives_the_rows_of_the_reference(
    expected: FollowUp,
    refining: bool,
    generator: BuiltinGenerator,
    demo_catalog: Catalog,
    demo_rows: DemoRows,
) -> None:
    request = asked(expected["said"], expected["before"], demo_catalog, refining=refining)
    candidate = best(await generator.generate(request))
    rows = demo_rows(candidate.sql)
    reference = demo_rows(expected["reference"])
    if not expected["ordered"]:
        rows, reference = sorted(rows, key=repr), sorted(reference, key=repr)
    assert rows == reference
    assert candidate.explanation is not None
    assert candidate.explanation.startswith("The statement before was changed: ")


@pytest.mark.parametrize("expected", FOLLOW_UPS, ids=lambda expected: expected["said"])
async def test_every_candidate_parses_again_and_passes_the_guard(
    expected: FollowUp, generator: BuiltinGenerator, demo_catalog: Catalog
) -> None:
    generation = await generator.generate(asked(expected["said"], expected["before"], demo_catalog))
    for candidate in generation.candidates:
        assert sqlglot.parse_one(candidate.sql, dialect="sqlite").sql(dialect="sqlite") == candidate.sql
        assert may_run(candidate.sql, demo_catalog)
        assert candidate.sql != expected["before"]


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        ("How many planes have 4 engines?", "SELECT COUNT(*) AS plane_count FROM planes WHERE engines = 4"),
        ("How many airports are there?", "SELECT COUNT(*) AS airport_count FROM airports"),
        ("and how many airlines are there?", "SELECT COUNT(*) AS airline_count FROM airlines"),
        ("flights from LGA", "SELECT * FROM flights WHERE origin = 'LGA'"),
        ("How many flights are there?", "SELECT COUNT(*) AS flight_count FROM flights"),
    ],
)
async def test_words_that_stand_by_themselves_are_a_new_question(
    said: str, sql: str, generator: BuiltinGenerator, demo_catalog: Catalog
) -> None:
    before = "SELECT COUNT(*) AS flight_count FROM flights WHERE dest = 'LAX'"
    candidate = best(await generator.generate(asked(said, before, demo_catalog)))
    assert (candidate.sql, candidate.explanation) == (sql, None)


@pytest.mark.parametrize(
    ("said", "sql"),
    [
        ("what about flights from LGA", "SELECT COUNT(*) AS flight_count FROM flights WHERE origin = 'LGA'"),
        ("only flights from LGA", "SELECT COUNT(*) AS flight_count FROM flights WHERE origin = 'LGA'"),
        ("average distance", "SELECT AVG(distance) AS average_distance FROM flights WHERE origin = 'JFK'"),
    ],
)
async def test_words_that_could_stand_alone_but_go_on_change_the_statement(
    said: str, sql: str, generator: BuiltinGenerator, demo_catalog: Catalog
) -> None:
    before = "SELECT COUNT(*) AS flight_count FROM flights WHERE origin = 'JFK'"
    candidate = best(await generator.generate(asked(said, before, demo_catalog)))
    assert candidate.sql == sql
    assert candidate.explanation


@pytest.mark.parametrize(
    ("said", "before", "words"),
    [
        ("and in Gotham?", JFK, {"Gotham"}),
        ("only the purple ones", JFK, {"purple"}),
        ("what about planes?", JFK, {"planes"}),
        ("top 5", JFK, {"top", "5"}),
        ("the other way around", JFK, {"other", "way", "around"}),
        ("for all manufacturers", JFK, {"manufacturers"}),
        ("per month", "SELECT name FROM airlines UNION SELECT name FROM airports", {"month"}),
        ("per month", "SELECT nothing FROM nowhere", {"month"}),
        ("sort by distance", PER_CARRIER, {"sort", "distance"}),
        ("without planes", "SELECT f.* FROM flights AS f JOIN planes AS p ON p.tailnum = f.tailnum", {"planes"}),
        ("and in April?", "SELECT * FROM flights WHERE time_hour >= '2013-05-01'", {"April"}),
    ],
)
async def test_words_that_change_nothing_are_named(
    said: str, before: str, words: set[str], generator: BuiltinGenerator, demo_catalog: Catalog
) -> None:
    generation = await generator.generate(asked(said, before, demo_catalog))
    assert generation.candidates == ()
    assert generation.clarification is not None
    assert words <= set(generation.clarification.words)


async def test_two_columns_that_fit_equally_are_asked_back(generator: BuiltinGenerator, demo_catalog: Catalog) -> None:
    generation = await generator.generate(asked("the average delay instead", JFK, demo_catalog))
    assert generation.clarification is not None
    assert generation.clarification.kind is ClarificationKind.AMBIGUOUS
    assert set(generation.clarification.options) == {"flights.dep_delay", "flights.arr_delay"}


async def test_the_last_turn_is_the_one_to_go_on_from(generator: BuiltinGenerator, demo_catalog: Catalog) -> None:
    request = asked("and from LGA?", JFK, demo_catalog)
    earlier = Turn(question="List all airlines", sql="SELECT name FROM airlines")
    changed = GenerationRequest(
        question=request.question,
        connection_id="conn_1",
        catalog=demo_catalog,
        max_rows=100,
        now=NOW,
        history=(earlier, *request.history),
    )
    assert best(await generator.generate(changed)).sql == "SELECT * FROM flights WHERE origin = 'LGA'"


async def test_a_change_that_failed_is_not_offered_again(generator: BuiltinGenerator, demo_catalog: Catalog) -> None:
    first = await generator.generate(asked("and from LGA?", JFK, demo_catalog))
    tried = [candidate.sql for candidate in first.candidates]
    second = await generator.generate(asked("and from LGA?", JFK, demo_catalog, *tried))
    assert {candidate.sql for candidate in second.candidates}.isdisjoint(tried)


async def test_what_was_changed_is_said(generator: BuiltinGenerator, demo_catalog: Catalog) -> None:
    candidate = best(await generator.generate(asked("and from LGA?", JFK, demo_catalog)))
    assert candidate.explanation == (
        "The statement before was changed: origin = 'LGA' took the place of origin = 'JFK'."
    )


async def test_answers_to_turns_are_not_taken_for_answers_to_the_words_alone(
    generator: BuiltinGenerator, demo_catalog: Catalog
) -> None:
    for origin in ("EWR", "LGA"):
        before = f"SELECT * FROM flights WHERE origin = '{origin}'"
        candidate = best(await generator.generate(asked("only those to LAX", before, demo_catalog)))
        assert candidate.sql == f"{before} AND dest = 'LAX'"
