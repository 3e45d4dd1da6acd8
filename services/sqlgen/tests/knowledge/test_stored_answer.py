"""Stored pairs in front of the built-in generator, on the demo data."""

from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from rowcall_contracts.candidates import Candidate, Generation, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.generator import Tried
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge, Pair
from rowcall_sqlgen.screening import may_run

Ask = Callable[..., Awaitable[Generation]]

SQL = "SELECT COUNT(DISTINCT tailnum) FROM flights WHERE origin = 'JFK' AND month = 2"
PAIR = Pair(question="How big is the February fleet at JFK?", sql=SQL)


def _stored(*pairs: Pair) -> Knowledge:
    return Knowledge(pairs=pairs)


@pytest.mark.parametrize(
    "question",
    [
        PAIR.question,
        "how big is  the\tfebruary fleet at jfk",
        "HOW BIG IS THE FEBRUARY FLEET AT JFK???",
        "  How big is the February fleet at JFK . ",
    ],
)
async def test_same_question_gets_the_stored_sql_alone_and_surely(ask: Ask, question: str) -> None:
    answer = await ask(question, _stored(PAIR))
    [candidate] = answer.candidates
    assert (candidate.sql, candidate.confidence) == (SQL, 1.0)
    assert candidate.assumptions == ("The SQL is that of a stored pair with the same question.",)


@pytest.mark.parametrize(
    "question",
    ["How big is the January fleet at JFK?", "How big is the February fleet at JFK and LGA?", "February fleet at JFK"],
)
async def test_any_other_question_does_not_get_it(ask: Ask, question: str) -> None:
    answer = await ask(question, _stored(PAIR))
    assert SQL not in [candidate.sql for candidate in answer.candidates]


async def test_stored_sql_wins_over_what_the_engine_would_say(ask: Ask) -> None:
    question = "How many flights are there?"
    assert (await ask(question, NOTHING)).candidates[0].sql != SQL
    assert [each.sql for each in (await ask(question, _stored(Pair(question=question, sql=SQL)))).candidates] == [SQL]


async def test_other_values_are_told_with_the_question_that_was_stored(ask: Ask) -> None:
    [candidate] = (await ask("How big is the February fleet at LGA?", _stored(PAIR))).candidates
    assert candidate.sql == SQL.replace("JFK", "LGA")
    assert candidate.confidence < 1.0
    assert PAIR.question in candidate.assumptions[0]


async def test_two_pairs_that_disagree_on_other_values_give_nothing(ask: Ask) -> None:
    other = Pair(
        question="How big is the February fleet at EWR?",
        sql=SQL.replace("month = 2", "month = 3").replace("JFK", "EWR"),
    )
    answer = await ask("How big is the February fleet at LGA?", _stored(PAIR, other))
    assert not any("stored pair" in text for each in answer.candidates for text in each.assumptions)


async def test_pair_of_another_connection_is_not_used(ask: Ask) -> None:
    knowledge = _stored(PAIR.model_copy(update={"connection": "conn_2"}))
    assert SQL not in [each.sql for each in (await ask(PAIR.question, knowledge)).candidates]
    assert [each.sql for each in (await ask(PAIR.question, knowledge, connection="conn_2")).candidates] == [SQL]


async def test_pair_that_failed_is_not_offered_again(ask: Ask) -> None:
    failed = Tried(Candidate(sql=SQL, confidence=1.0), Outcome(status=OutcomeStatus.ERROR))
    assert SQL not in [each.sql for each in (await ask(PAIR.question, _stored(PAIR), failed)).candidates]


async def test_pair_is_no_answer_to_a_wish_to_change_a_statement(ask: Ask) -> None:
    answer = await ask(PAIR.question, _stored(PAIR), refining="SELECT 1 FROM flights")
    assert SQL not in [each.sql for each in answer.candidates]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("DELETE FROM flights", "not-a-query"),
        ("SELECT secret FROM vault", "table-not-allowed"),
        ("SELECT f.altitude FROM flights AS f", "unknown-column"),
        ("SELECT 1; SELECT 2", "not-one-statement"),
        ("how many?", "not-a-query"),
        ("DROP TABLE flights CASCADE EVERYTHING", "not-a-query"),
    ],
)
async def test_pair_that_may_not_run_is_reported_without_its_text_and_ignored(
    ask: Ask, sql: str, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    question = "How many flights are there?"
    with capture_logs() as lines:
        answer = await ask(question, _stored(Pair(question=question, sql=sql)))
    assert answer.candidates[0].sql == "SELECT COUNT(*) AS flight_count FROM flights"
    [line] = [line for line in lines if line["event"] == "stored_pair_ignored"]
    assert line["reason"] == reason
    assert line["pair"] == 1
    assert sql not in str(lines) + caplog.text
    assert question not in str(lines) + caplog.text


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT carrier AS c FROM flights GROUP BY c HAVING COUNT(*) > 1000",
        "WITH t(n) AS (SELECT tailnum FROM planes) SELECT n FROM t",
        'SELECT name FROM airlines WHERE carrier = "UA"',
        "SELECT x.dep_delay FROM (SELECT * FROM flights) AS x",
        "SELECT F.TailNum FROM Flights AS F",
    ],
)
async def test_pair_with_unusual_but_good_names_is_used(ask: Ask, sql: str) -> None:
    assert [
        each.sql for each in (await ask("Which ones?", _stored(Pair(question="which ones", sql=sql)))).candidates
    ] == [sql]


_PIECES = st.sampled_from(
    [
        *"SELECT FROM WHERE flights planes JFK 'JFK' 20 5 -3 hour > = * ( ) ; -- /* COUNT(*) DELETE DROP".split(),
        *"UNION LIMIT AND OR IN tailnum origin carrier load_extension('x') \" ` % how many from".split(),
    ]
)
_TEXT = st.lists(_PIECES, min_size=1, max_size=12).map(" ".join)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stored=_TEXT, asked=_TEXT, sql=st.one_of(_TEXT, _TEXT.map("SELECT hour FROM flights WHERE {}".format)))
async def test_pair_never_leads_to_a_statement_that_the_guard_refuses(
    stored: str, asked: str, sql: str, demo_catalog: Catalog, ask: Ask
) -> None:
    try:
        knowledge = _stored(Pair(question=stored, sql=sql))
    except ValueError:
        return
    for question in (stored, asked):
        answer = await ask(question, knowledge)
        assert all(may_run(candidate.sql, demo_catalog) for candidate in answer.candidates)
        assert bool(answer.candidates) != bool(answer.clarification)
