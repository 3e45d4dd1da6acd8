"""Stored pairs that ask nearly the same: they answer only where the engine comes upon their statement by itself."""

from collections.abc import Callable, Sequence

import pytest

from rowcall_sqlgen.builtin.precedents import ALIKE, Precedents
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.knowledge.model import Pair

BUSIEST = Pair(
    question="Which airport do most planes leave from?",
    sql="""
        SELECT a.faa FROM airports AS a JOIN flights AS f ON f.origin = a.faa
        GROUP BY a.faa ORDER BY count(*) DESC LIMIT 1
    """,
)
FEWEST = Pair(question="Which airport do the fewest planes leave from?", sql=BUSIEST.sql.replace("DESC", "ASC"))
BROKEN = Pair(question="Which airport is it?", sql="SELECT FROM (")
PROPOSED = [
    "SELECT count(*) FROM flights",
    """
    SELECT airports.faa FROM flights JOIN airports ON flights.origin = airports.faa
    GROUP BY airports.faa ORDER BY count(*) DESC LIMIT 1
    """,
]


def likenesses(**by_question: float) -> Callable[[str, Sequence[str]], list[float]]:
    known = {"busiest": BUSIEST.question, "fewest": FEWEST.question, "broken": BROKEN.question}
    found = {known[name]: likeness for name, likeness in by_question.items()}
    return lambda _, questions: [found[question] for question in questions]


def test_a_close_pair_whose_statement_is_proposed_is_found(demo_index: SchemaIndex) -> None:
    alike = likenesses(fewest=0.97, broken=0.96, busiest=0.85)
    precedents = Precedents("the busiest airport", [FEWEST, BROKEN, BUSIEST], demo_index, likenesses=alike)

    assert precedents.found_in(PROPOSED) == BUSIEST


def test_the_closest_counts(demo_index: SchemaIndex) -> None:
    again = BUSIEST.model_copy(update={"question": FEWEST.question})
    precedents = Precedents("?", [BUSIEST, again], demo_index, likenesses=likenesses(busiest=0.85, fewest=0.9))

    assert precedents.found_in(PROPOSED) == again


@pytest.mark.parametrize("likeness", [ALIKE - 0.01, 0.0])
def test_a_distant_pair_is_not(likeness: float, demo_index: SchemaIndex) -> None:
    precedents = Precedents("?", [BUSIEST], demo_index, likenesses=likenesses(busiest=likeness))

    assert precedents.found_in(PROPOSED) is None


def test_a_statement_that_nothing_proposes_is_not(demo_index: SchemaIndex) -> None:
    precedents = Precedents("?", [BUSIEST, FEWEST], demo_index, likenesses=likenesses(busiest=1.0, fewest=1.0))

    assert precedents.found_in(PROPOSED[:1]) is None
    assert Precedents("?", [], demo_index, likenesses=likenesses()).found_in(PROPOSED) is None
