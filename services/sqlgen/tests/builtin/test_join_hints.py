"""Questions that say how to join are answered without that, by what reads the tables that they name."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date

import pytest

from rowcall_contracts.results import Cell, ResultSet
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.composing import Trusted
from rowcall_sqlgen.builtin.evidence import weigh
from rowcall_sqlgen.builtin.join_hints import TRUST, join_hints
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.reading import readings
from rowcall_sqlgen.engine.words import Word, words


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        (
            "Return the first and last names of students without pets, by doing a left join from students to pets.",
            [["Emmy", "Noether"], ["Grace", "Hopper"], ["Kurt", "Gödel"]],
        ),
        (
            "Return titles of courses that have enrollments with grade C, by joining the course and enrollment tables.",
            [["Algebra"]],
        ),
    ],
)
async def test_the_rows_are_those_of_the_question_without_the_hint(
    question: str,
    rows: list[list[Cell]],
    answering: Answering,
    school_index: SchemaIndex,
    run_at_school: Callable[[str], Awaitable[ResultSet]],
    today: date,
) -> None:
    best = answering.answer(question, school_index, today).candidates[0]

    found = [list(row) for row in (await run_at_school(best.sql)).rows]
    assert sorted(found, key=repr) == rows, best.sql


@pytest.mark.parametrize(
    ("asked_for", "hint"),
    [
        ("Return the ages of students", ", based on joining the pets and students tables"),
        ("Return the ages of students without pets", ", by doing a left join from the students to pets table."),
    ],
)
def test_only_answers_that_read_the_tables_named_are_given(
    asked_for: str, hint: str, answering: Answering, school_index: SchemaIndex, today: date
) -> None:
    asked: list[str] = []

    def ask(rest: tuple[Word, ...]) -> Sequence[Trusted]:
        asked.append(" ".join(word.text for word in rest))
        understood = answering.understand(rest, readings(rest, school_index, today), school_index, today=today)
        weighed = zip(understood.proposals, weigh(understood), strict=True)
        return [Trusted(proposal, 1.0, evidence, understood) for proposal, evidence in weighed]

    found = join_hints(words(asked_for + hint), school_index, today=today, ask=ask)

    assert asked == [asked_for]
    assert all("Pets" in each.proposal.uses.tables and each.probability == TRUST for each in found)


@pytest.mark.parametrize(
    "question",
    [
        "How many students have pets?",
        "Return the name of each student and the number of pets, by doing a left join from students to pets.",
        'Which pets have the kind "by joining pets"?',
    ],
)
def test_other_questions_are_left_alone(question: str, school_index: SchemaIndex, today: date) -> None:
    def asked_in_vain(rest: tuple[Word, ...]) -> Sequence[Trusted]:
        raise AssertionError(f"asked: {rest}")

    assert join_hints(words(question), school_index, today=today, ask=asked_in_vain) == ()


def test_a_hint_that_names_no_table_is_left_to_the_rest(school_index: SchemaIndex, today: date) -> None:
    question = words("How many students have pets, based on joining whatever is there?")

    assert join_hints(question, school_index, today=today, ask=lambda _: ()) == ()
