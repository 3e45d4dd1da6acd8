"""The rounds of one question, with generators that say what they are told to, on a real database."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from rowcall_contracts.candidates import (
    MAX_ROUNDS,
    Candidate,
    Clarification,
    ClarificationKind,
    Generation,
    OutcomeStatus,
)
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.results import ResultSet
from rowcall_databases import AccessPolicy, Database, open_database, parse_uri
from rowcall_sqlgen.evaluate.answering import Action, Answer, Answering
from rowcall_sqlgen.evaluate.executing import run_candidates
from rowcall_sqlgen.evaluate.questions import DEFAULT_NOW, Question
from rowcall_sqlgen.evaluate.scoring import Cause, Scored, score
from rowcall_sqlgen.generator import GenerationRequest

QUESTION = Question(id="q", db="bakery", text="How many?", golds=("SELECT count(*) FROM baker",), scorable=True)
RIGHT = "SELECT count(*) FROM baker"
BROKEN = "SELECT count(*) FROM butcher"


class Scripted:
    """Offers the next list of statements at each round; none is a question back."""

    def __init__(self, rounds: Sequence[Sequence[str]], clarification: Clarification | None = None) -> None:
        self._rounds = list(rounds)
        self._clarification = clarification
        self.requests: list[GenerationRequest] = []

    async def generate(self, request: GenerationRequest) -> Generation:
        self.requests.append(request)
        offered = self._rounds.pop(0)
        candidates = tuple(Candidate(sql=sql, confidence=0.9 - i / 10) for i, sql in enumerate(offered))
        clarification = None if candidates else self._clarification
        return Generation(
            dialect=Dialect.SQLITE, candidates=candidates, clarification=clarification, generator="scripted"
        )


def opened(databases: Path) -> Database:
    file = databases / "bakery" / "bakery.sqlite"
    return open_database(parse_uri(f"sqlite:///{file}", AccessPolicy(file_roots=(databases,))), now=lambda: DEFAULT_NOW)


async def answered(
    generator: Scripted, databases: Path, question: Question = QUESTION
) -> tuple[Answer, ResultSet | None, Scored]:
    async with opened(databases) as database:
        answering = Answering(generator, database, await database.introspect(), connection_id="bakery")
        answer, result = await answering(question)
        scored = await score(question, answer, result, original=database, copies=())
    return answer, result, scored


async def test_first_candidate_that_returns_rows_is_the_answer(databases: Path) -> None:
    generator = Scripted([[BROKEN, "SELECT name FROM baker WHERE city = 'Oslo'", RIGHT, "SELECT 1"]])
    answer, result, scored = await answered(generator, databases)
    assert (answer.action, answer.sql, answer.rounds) == (Action.ANSWER, "SELECT COUNT(*) FROM baker", 1)
    assert answer.confidence == pytest.approx(0.7)
    assert result is not None
    assert result.rows == ((12,),)
    assert scored.right


async def test_candidates_after_a_good_one_are_not_run(databases: Path) -> None:
    empty = "SELECT name FROM baker WHERE city = 'Oslo'"
    candidates = [Candidate(sql=sql, confidence=0.5) for sql in (BROKEN, empty, RIGHT, "SELECT 1")]
    async with opened(databases) as database:
        ran = await run_candidates(candidates, database)
    statuses = [each.outcome.status for each in ran]
    assert statuses == [OutcomeStatus.ERROR, OutcomeStatus.OK, OutcomeStatus.OK, OutcomeStatus.SKIPPED]


async def test_errors_are_fed_back_until_a_candidate_runs(databases: Path) -> None:
    generator = Scripted([[BROKEN, "DROP TABLE baker"], [RIGHT]])
    answer, _, scored = await answered(generator, databases)
    assert answer.rounds == 2
    assert scored.right
    assert [each.outcome.status for each in generator.requests[1].feedback] == [
        OutcomeStatus.ERROR,
        OutcomeStatus.REFUSED,
    ]
    assert generator.requests[1].feedback[0].candidate.sql == BROKEN


async def test_only_the_last_round_is_fed_back_and_the_rounds_end(databases: Path) -> None:
    offers = [[f"SELECT x{i} FROM baker"] for i in range(MAX_ROUNDS + 1)]
    generator = Scripted(offers)
    answer, result, scored = await answered(generator, databases)
    assert len(generator.requests) == MAX_ROUNDS
    assert [each.candidate.sql for each in generator.requests[-1].feedback] == offers[MAX_ROUNDS - 2]
    assert (answer.action, result) == (Action.ANSWER, None)
    assert scored.cause is Cause.ERROR


@pytest.mark.parametrize(
    ("kind", "words", "action", "cause"),
    [
        (ClarificationKind.AMBIGUOUS, (), Action.ASK, Cause.ASKED),
        (ClarificationKind.NOT_UNDERSTOOD, ("many",), Action.REFUSE, Cause.UNKNOWN_WORD),
        (ClarificationKind.NOT_UNDERSTOOD, (), Action.REFUSE, Cause.NO_READING),
    ],
)
async def test_a_clarification_is_a_question_back_or_a_refusal(
    kind: ClarificationKind, words: tuple[str, ...], action: Action, cause: Cause, databases: Path
) -> None:
    generator = Scripted([[]], Clarification(kind=kind, message="?", words=words))
    answer, _, scored = await answered(generator, databases)
    assert (answer.action, answer.sql, scored.cause) == (action, None, cause)


@pytest.mark.parametrize(
    ("gold", "sql", "cause"),
    [
        ("SELECT name FROM baker", "SELECT name FROM baker WHERE city = 'Oslo'", Cause.EMPTY),
        ("SELECT name FROM baker WHERE city = 'Oslo'", "SELECT name FROM baker", Cause.NOT_EMPTY),
        ("SELECT name FROM baker", "SELECT name, city FROM baker", Cause.COLUMNS),
        ("SELECT name FROM baker ORDER BY name", "SELECT name FROM baker ORDER BY name DESC", Cause.ORDER),
        ("SELECT name FROM baker", "SELECT city FROM baker", Cause.ROWS),
        ("SELECT name FROM baker ORDER BY name", "SELECT name FROM baker ORDER BY name", None),
        ("SELECT name FROM baker", "SELECT name FROM baker ORDER BY name DESC", None),
    ],
)
async def test_a_wrong_result_has_a_cause(gold: str, sql: str, cause: Cause | None, databases: Path) -> None:
    question = Question(id="q", db="bakery", text="?", golds=(gold,), scorable=True)
    _, _, scored = await answered(Scripted([[sql]]), databases, question)
    assert (scored.cause, scored.right) == (cause, cause is None)
    assert scored.right_subset == (cause in {None, Cause.COLUMNS})


async def test_any_reference_may_be_matched_and_one_that_fails_does_not_count(databases: Path) -> None:
    question = Question(id="q", db="bakery", text="?", golds=(BROKEN, "SELECT 5", RIGHT), scorable=True)
    _, _, scored = await answered(Scripted([[RIGHT]]), databases, question)
    assert scored.right
    hopeless = Question(id="q", db="bakery", text="?", golds=(BROKEN,), scorable=True)
    _, _, scored = await answered(Scripted([[RIGHT]]), databases, hopeless)
    assert not scored.scorable


async def test_luck_on_the_original_shows_on_a_copy(databases: Path) -> None:
    copy = databases / "market" / "market.sqlite"
    question = Question(id="q", db="bakery", text="?", golds=("SELECT count(*) FROM cake",), scorable=True)
    for sql, right in (("SELECT 24", False), ("SELECT count(name) FROM cake", True)):
        answer, result, _ = await answered(Scripted([[sql]]), databases, question)
        other = parse_uri(f"sqlite:///{copy}", AccessPolicy(file_roots=(databases,)))
        async with opened(databases) as original, open_database(other, now=lambda: DEFAULT_NOW) as market:
            scored = await score(question, answer, result, original=original, copies=(market,))
        assert (scored.right, scored.right_on_copies) == (True, right)
