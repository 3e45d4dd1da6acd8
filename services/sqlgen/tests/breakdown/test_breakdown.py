"""Questions of one text go through the same generator, each with its own rounds."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from rowcall_contracts.candidates import (
    MAX_TASKS,
    Candidate,
    Clarification,
    ClarificationKind,
    Generation,
    Outcome,
    OutcomeStatus,
    Task,
)
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.breakdown.asking_back import joint_clarification, unanswered
from rowcall_sqlgen.breakdown.breakdown import MOST_CANDIDATES, MOST_CANDIDATES_BYTES, Breakdown
from rowcall_sqlgen.breakdown.cutter import Cut, RuleCutter
from rowcall_sqlgen.breakdown.progress import Progress
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.index_cache import IndexCache

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)


def _column(name: str, kind: ColumnKind = ColumnKind.INTEGER, *values: str) -> Column:
    return Column(name=name, type=kind.value.upper(), kind=kind, profile=ColumnProfile(values=values))


OFFICE = Table(
    name="office", columns=(_column("id"), _column("city", ColumnKind.TEXT, "Lund", "Oslo")), primary_key=("id",)
)
DESK = Table(
    name="desk",
    columns=(_column("id"), _column("office_id"), _column("price")),
    primary_key=("id",),
    foreign_keys=(ForeignKey(columns=("office_id",), referred_table="office", referred_columns=("id",)),),
)
CATALOG = Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(OFFICE, DESK), profiled_at=NOW)
FAILED = Outcome(status=OutcomeStatus.ERROR, code="query-error", message="no such column: x")


def _request(question: str) -> GenerationRequest:
    return GenerationRequest(question=question, connection_id="conn_1", catalog=CATALOG, max_rows=10, now=NOW)


@dataclass
class Scripted:
    """A generator that answers by question, and keeps what it was asked; it ends questions in their order."""

    answers: dict[str, Generation | Exception]
    asked: list[GenerationRequest] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    async def generate(self, request: GenerationRequest) -> Generation:
        self.asked.append(request)
        await asyncio.sleep(0)
        self.ended.append(request.question)
        answer = self.answers[request.question]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Cutting:
    """A cutter that cost something."""

    async def cut(self, text: str) -> Cut:
        return Cut(questions=tuple(text.split("|")), prompt_tokens=7, completion_tokens=3)


def _said(*statements: str, generator: str = "llm") -> Generation:
    candidates = tuple(Candidate(sql=sql, confidence=0.5) for sql in statements)
    return Generation(
        dialect=Dialect.SQLITE, candidates=candidates, generator=generator, prompt_tokens=100, completion_tokens=10
    )


def _asked_back(word: str, kind: ClarificationKind = ClarificationKind.NOT_UNDERSTOOD) -> Generation:
    asked = Clarification(kind=kind, message=f"Nothing was found for `{word}`.", words=(word,), options=("office",))
    return Generation(dialect=Dialect.SQLITE, clarification=asked, generator="builtin")


@pytest.fixture
def builtin() -> Breakdown:
    return Breakdown(BuiltinGenerator(IndexCache(max_bytes=10_000_000)), RuleCutter())


async def test_every_question_has_candidates_of_its_own(builtin: Breakdown) -> None:
    text = "How many offices are there in Lund? What is the average price of desks?"
    generation = await builtin.generate(_request(text), None)

    assert (generation.candidates, generation.clarification, generation.tasks_left_out) == ((), None, 0)
    assert [(task.id, task.question) for task in generation.tasks] == [
        ("1", "How many offices are there in Lund?"),
        ("2", "What is the average price of desks?"),
    ]
    assert [task.candidates[0].sql for task in generation.tasks] == [
        "SELECT COUNT(*) AS office_count FROM office WHERE city = 'Lund'",
        "SELECT AVG(price) AS average_price FROM desk",
    ]


async def test_one_question_is_answered_as_without_a_breakdown(builtin: Breakdown) -> None:
    request = _request("What is the average price of desks per city?")
    assert await builtin.generate(request, None) == await builtin.generator.generate(request)


async def test_a_question_that_is_not_understood_leaves_the_others_alone(builtin: Breakdown) -> None:
    generation = await builtin.generate(_request("How many desks are there? How happy are the clerks?"), None)
    desks, clerks = generation.tasks
    assert (bool(desks.candidates), desks.clarification) == (True, None)
    assert clerks.candidates == ()
    assert clerks.clarification is not None
    assert "happy" in clerks.clarification.words


async def test_questions_beyond_the_most_are_counted_and_tokens_of_all_parts_add_up() -> None:
    generator = Scripted({str(number): _said("SELECT 1") for number in range(9)})
    text = "|".join(str(number) for number in range(MAX_TASKS + 2))
    generation = await Breakdown(generator, Cutting()).generate(_request(text), None)
    assert (len(generation.tasks), generation.tasks_left_out) == (MAX_TASKS, 2)
    assert (generation.prompt_tokens, generation.completion_tokens) == (100 * MAX_TASKS + 7, 10 * MAX_TASKS + 3)


async def test_only_what_failed_is_asked_again_with_what_became_of_it() -> None:
    generator = Scripted({"b": _said("SELECT 2")})
    done = Task(id="1", question="a", candidates=(Candidate(sql="SELECT 1", confidence=0.5),))
    failed = Tried(Candidate(sql="SELECT x", confidence=0.5), FAILED)
    progress = [Progress(done, is_settled=True), Progress(Task(id="2", question="b"), feedback=(failed,))]
    generation = await Breakdown(generator, Cutting()).generate(_request("a|b"), progress)

    assert [(request.question, request.feedback) for request in generator.asked] == [("b", (failed,))]
    assert generation.tasks[0] == done
    assert [candidate.sql for candidate in generation.tasks[1].candidates] == ["SELECT 2"]
    assert generation.tasks[1].tried == ("SELECT x",)
    assert generation.prompt_tokens == 100


async def test_a_question_that_can_never_be_answered_is_an_error_of_its_task() -> None:
    refused = Permanent(ProblemType.GENERATOR_FAILED, "The LLM endpoint refused the request with 413.")
    generator = Scripted({"a": refused, "b": _said("SELECT 1")})
    one, two = (await Breakdown(generator, Cutting()).generate(_request("a|b"), None)).tasks
    assert (one.error, one.candidates) == (refused.problem, ())
    assert two.candidates

    generator.answers["b"] = refused
    with pytest.raises(Permanent, match="413"):
        await Breakdown(generator, Cutting()).generate(_request("a|b"), None)


async def test_a_passing_failure_repeats_the_step_after_all_questions_have_ended() -> None:
    generator = Scripted({"a": Retryable("busy", after_s=3), "b": _said("SELECT 1"), "c": _said("SELECT 1")})
    with pytest.raises(Retryable, match="busy") as raised:
        await Breakdown(generator, Cutting()).generate(_request("a|b|c"), None)
    assert raised.value.after_s == 3
    assert generator.ended == ["a", "b", "c"]


async def test_candidates_of_a_task_are_bounded_in_number_and_size() -> None:
    many, long = [f"SELECT {number}" for number in range(5)], "SELECT '" + "x" * MOST_CANDIDATES_BYTES + "'"
    generator = Scripted({"a": _said(*many), "b": _said(long, "SELECT 2")})
    one, two = (await Breakdown(generator, Cutting()).generate(_request("a|b"), None)).tasks
    assert [candidate.sql for candidate in one.candidates] == many[:MOST_CANDIDATES]
    assert [candidate.sql for candidate in two.candidates] == [long]


def test_when_all_ask_back_one_clarification_names_every_question_and_word() -> None:
    tasks = [
        Task(id="1", question="a", clarification=_asked_back("x").clarification),
        Task(id="2", question="b", clarification=_asked_back("y", ClarificationKind.AMBIGUOUS).clarification),
    ]
    joint = joint_clarification(tasks)
    assert joint.message == "“a”: Nothing was found for `x`. “b”: Nothing was found for `y`."
    assert (joint.kind, joint.words, joint.options) == (ClarificationKind.NOT_UNDERSTOOD, ("x", "y"), ("office",))
    assert joint_clarification(tasks[1:]).kind is ClarificationKind.AMBIGUOUS
    assert [(task.id, task.clarification) for task in unanswered(tasks)] == [
        ("1", tasks[0].clarification),
        ("2", tasks[1].clarification),
    ]


async def test_what_the_request_says_besides_its_question_holds_for_every_task() -> None:
    generator = Scripted({"a": _said("SELECT 1"), "b": _said("SELECT 1")})
    request = replace(_request("a|b"), max_rows=77)
    await Breakdown(generator, Cutting()).generate(request, None)
    assert generator.asked == [replace(request, question="a"), replace(request, question="b")]
