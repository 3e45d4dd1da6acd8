"""Stored pairs that ask nearly the same: they answer only where the engine comes upon their statement by itself."""

import pytest

from rowcall_sqlgen.builtin.precedents import ALIKE, Precedents
from rowcall_sqlgen.builtin.statement_outline import outline
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


def precedents(index: SchemaIndex, *pairs: tuple[Pair, float], refused: str = "") -> Precedents:
    likenesses = [likeness for _, likeness in pairs]
    return Precedents(likenesses, [pair for pair, _ in pairs], index, may_offer=lambda sql: sql != refused)


def test_a_close_pair_whose_statement_is_proposed_is_found(demo_index: SchemaIndex) -> None:
    found = precedents(demo_index, (FEWEST, 0.97), (BROKEN, 0.96), (BUSIEST, 0.85))

    assert found.found_in(PROPOSED) == BUSIEST


def test_the_closest_counts(demo_index: SchemaIndex) -> None:
    again = BUSIEST.model_copy(update={"question": FEWEST.question})

    assert precedents(demo_index, (BUSIEST, 0.85), (again, 0.9)).found_in(PROPOSED) == again


@pytest.mark.parametrize("likeness", [ALIKE - 0.01, 0.0])
def test_a_distant_pair_is_not(likeness: float, demo_index: SchemaIndex) -> None:
    assert precedents(demo_index, (BUSIEST, likeness)).found_in(PROPOSED) is None


def test_a_statement_that_nothing_proposes_is_not(demo_index: SchemaIndex) -> None:
    assert precedents(demo_index, (BUSIEST, 1.0), (FEWEST, 1.0)).found_in(PROPOSED[:1]) is None
    assert precedents(demo_index).found_in(PROPOSED) is None


def test_what_may_not_be_offered_is_not_found_and_its_text_not_logged(
    demo_index: SchemaIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """A statement that sqlglot only half knows: it parses it as a command, and writes it to its log."""
    strange = Pair(question="Which users are there?", sql="GRANT ALL ON secrets TO 'somebody' WITH EVERYTHING")
    outline(strange.sql, demo_index)
    assert "somebody" in caplog.text
    caplog.clear()

    assert precedents(demo_index, (strange, 1.0), refused=strange.sql).found_in([strange.sql]) is None
    assert "somebody" not in caplog.text
