"""Stored terms on the demo data: each answer gives the rows of a query written by hand, or there is none."""

from collections.abc import Awaitable, Callable

import pytest

from rowcall_contracts.candidates import Generation
from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.engine.index import build_index
from rowcall_sqlgen.knowledge.engine_terms import engine_terms
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge, Term
from rowcall_sqlgen.knowledge.said_terms import heeds, said_terms
from tools.testing.demo_data import DemoRows

Ask = Callable[..., Awaitable[Generation]]

TERMS = (
    Term(name="late", synonyms=("delayed", "behind schedule"), means="flights.dep_delay > 15"),
    Term(name="latecomer", means="flights.arr_delay > 60"),
    Term(name="red eye flights", means="flights.hour < 6"),
    Term(name="home turf", means="flights.origin IN ('JFK', 'LGA') AND NOT flights.month > 3"),
    Term(name="untracked", means="flights.tailnum IS NULL"),
    Term(name="tail sign", means="Flights.TailNum"),
    Term(name="jet", synonyms=("aircraft",), means="planes"),
    Term(name="mileage", synonyms=("miles flown",), means="SUM(flights.distance)"),
    Term(name="punctuality", means="AVG(flights.arr_delay)"),
    Term(name="load factor", means="SUM(flights.distance) / COUNT(flights.flight)"),
    Term(name="swift", means="flights.distance / flights.air_time > 8"),
    Term(name="warehouse", means="stock.bin"),
)
KNOWLEDGE = Knowledge(terms=TERMS)

ANSWERED: list[tuple[str, str]] = [
    ("How many late flights are there?", "SELECT COUNT(*) FROM flights WHERE dep_delay > 15"),
    ("How many flights are delayed?", "SELECT COUNT(*) FROM flights WHERE dep_delay > 15"),
    ("How many flights were not late?", "SELECT COUNT(*) FROM flights WHERE dep_delay <= 15"),
    (
        "How many flights were behind schedule in March?",
        "SELECT COUNT(*) FROM flights WHERE dep_delay > 15 AND month = 3",
    ),
    ("How many latecomers are there?", "SELECT COUNT(*) FROM flights WHERE arr_delay > 60"),
    ("How many red eye flights are there?", "SELECT COUNT(*) FROM flights WHERE hour < 6"),
    ("How many untracked flights are there?", "SELECT COUNT(*) FROM flights WHERE tailnum IS NULL"),
    (
        "How many home turf flights are there?",
        "SELECT COUNT(*) FROM flights WHERE origin IN ('JFK', 'LGA') AND month <= 3",
    ),
    ("Average distance of late flights", "SELECT AVG(distance) FROM flights WHERE dep_delay > 15"),
    (
        "Which airline has the most late flights?",
        "SELECT name FROM airlines NATURAL JOIN flights WHERE dep_delay > 15 GROUP BY 1 ORDER BY COUNT(*) DESC LIMIT 1",
    ),
    (
        "airlines with late flights",
        "SELECT DISTINCT name FROM airlines JOIN flights USING (carrier) WHERE dep_delay > 15",
    ),
    ("Show the tail sign of flights to LAX", "SELECT tailnum FROM flights WHERE dest = 'LAX'"),
    ("How many jets are there?", "SELECT COUNT(*) FROM planes"),
    ("How many aircraft have 2 engines?", "SELECT COUNT(*) FROM planes WHERE engines = 2"),
    ("Total mileage by month", "SELECT month, SUM(distance) FROM flights GROUP BY month"),
    (
        "Top 5 carriers by miles flown",
        "SELECT carrier, SUM(distance) FROM flights GROUP BY carrier ORDER BY 2 DESC LIMIT 5",
    ),
    (
        "Carriers with mileage over 1000000",
        "SELECT carrier FROM flights GROUP BY carrier HAVING SUM(distance) > 1000000",
    ),
    (
        "Which airline has the highest mileage?",
        "SELECT name FROM airlines JOIN flights USING (carrier) GROUP BY carrier ORDER BY SUM(distance) DESC LIMIT 1",
    ),
]


@pytest.mark.parametrize(("question", "reference"), ANSWERED, ids=[case[0] for case in ANSWERED])
async def test_term_is_read_as_it_was_defined(question: str, reference: str, ask: Ask, demo_rows: DemoRows) -> None:
    best = (await ask(question, KNOWLEDGE)).candidates[0]
    rows, wanted = demo_rows(best.sql), demo_rows(reference)
    assert sorted(rows, key=repr) == sorted(wanted, key=repr)
    assert any("as a stored term says." in sentence for sentence in best.assumptions)


@pytest.mark.parametrize(
    "question",
    [
        "airlines without late flights",
        "airlines with no late flights",
        "What is the load factor?",
        "How many swift flights are there?",
    ],
)
async def test_what_the_grammar_cannot_write_of_a_term_is_refused_and_not_passed_over(ask: Ask, question: str) -> None:
    answer = await ask(question, KNOWLEDGE)
    assert answer.candidates == ()
    assert answer.clarification is not None


async def test_without_the_terms_the_same_words_are_not_understood(ask: Ask) -> None:
    assert (await ask("How many latecomers are there?", NOTHING)).candidates == ()


async def test_assumption_says_which_term_was_used(ask: Ask) -> None:
    [best, *_] = (await ask("How many delayed flights are there?", KNOWLEDGE)).candidates
    assert "`delayed` was read as flights.dep_delay > 15, as a stored term says." in best.assumptions


async def test_term_takes_the_place_of_a_name_in_the_schema(ask: Ask) -> None:
    term = Term(name="seats", means="planes.engines")
    [best, *_] = (await ask("What is the average number of seats?", Knowledge(terms=(term,)))).candidates
    assert "AVG(engines)" in best.sql


async def test_term_of_another_connection_does_not_hold(ask: Ask) -> None:
    term = Term(name="latecomer", means="flights.arr_delay > 60", connection="conn_2")
    assert (await ask("How many latecomers are there?", Knowledge(terms=(term,)))).candidates == ()
    assert (await ask("How many latecomers are there?", Knowledge(terms=(term,)), connection="conn_2")).candidates


async def test_changed_knowledge_counts_at_once(ask: Ask) -> None:
    for minutes in (30, 90):
        term = Term(name="latecomer", means=f"flights.arr_delay > {minutes}")
        [best, *_] = (await ask("How many latecomers are there?", Knowledge(terms=(term,)))).candidates
        assert best.sql.endswith(f"arr_delay > {minutes}")


def test_terms_of_tables_that_are_not_there_are_left_out(demo_catalog: Catalog) -> None:
    names = {term.name for term in engine_terms(TERMS, demo_catalog)}
    assert names == {term.name for term in TERMS} - {"warehouse"}
    index = build_index(demo_catalog, engine_terms(TERMS, demo_catalog))
    assert set(index.terms.defined) == {
        "late",
        "latecomer",
        "red eye flights",
        "home turf",
        "untracked",
        "mileage",
        "punctuality",
    }


def test_longest_term_is_said_where_several_overlap() -> None:
    terms = (Term(name="late", means="flights.a > 1"), Term(name="late flight", means="flights.a > 2"))
    assert [said.text for said in said_terms("Were late flights ever late?", terms)] == ["late flights", "late"]
    assert said_terms('The name "late"', terms) == ()


@pytest.mark.parametrize(
    ("sql", "is_heeding"),
    [
        ("SELECT 1 FROM flights WHERE Dep_Delay > 15", True),
        ("SELECT 1 FROM flights", False),
        ("SELECT dep_delay FROM other", False),
        ("no SQL (", False),
    ],
)
def test_statement_heeds_a_term_whose_names_it_has(sql: str, is_heeding: bool, demo_catalog: Catalog) -> None:
    [said] = said_terms("late ones", TERMS)
    assert heeds(sql, said, demo_catalog.dialect) is is_heeding


async def test_candidates_that_pass_a_binding_term_over_are_taken_out(ask: Ask, demo_catalog: Catalog) -> None:
    for question, _ in ANSWERED:
        answer = await ask(question, KNOWLEDGE)
        binding = [said for said in said_terms(question, TERMS) if said.binds]
        for candidate in answer.candidates:
            assert all(heeds(candidate.sql, said, demo_catalog.dialect) for said in binding)
