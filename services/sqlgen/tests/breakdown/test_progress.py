"""Which tasks of a job come back to `generate`, and what they are told."""

from datetime import UTC, datetime

from rowcall_contracts.candidates import Candidate, Generation, Outcome, OutcomeStatus, Task
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.jobs import Job, JobKind, JsonObject
from rowcall_contracts.outputs import Executed, ExecutionRound, TaskRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.work import State
from rowcall_sqlgen.breakdown.progress import progress_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD, BAD, LATE = (Candidate(sql=sql, confidence=0.5) for sql in ("SELECT 1", "SELECT x", "SELECT 2"))
EXECUTED = Executed(
    sql=GOOD.sql, dialect=Dialect.SQLITE, columns=(), rows=((1,),), row_count=1, truncated=False, elapsed_ms=1
)
OK, ERROR, SKIPPED = (
    Outcome(status=status) for status in (OutcomeStatus.OK, OutcomeStatus.ERROR, OutcomeStatus.SKIPPED)
)


def _job(outputs: dict[str, JsonObject]) -> Job:
    return Job(
        id="job_1",
        workspace_id="ws_1",
        state=State.RUNNING,
        step=Step.GENERATE,
        version=3,
        kind=JobKind.CHAT,
        steps=(Step.GENERATE, Step.EXECUTE),
        input={"question": "a|b|c", "breakdown": True},
        outputs=outputs,
        created_at=NOW,
    )


def _outputs(tasks: tuple[Task, ...], rounds: tuple[TaskRound, ...]) -> dict[str, JsonObject]:
    generation = Generation(dialect=Dialect.SQLITE, generator="builtin", tasks=tasks)
    ran = ExecutionRound(candidates=(), outcomes=(), tasks=rounds)
    return {Step.GENERATE: generation.model_dump(mode="json"), Step.EXECUTE: ran.model_dump(mode="json")}


def test_before_anything_ran_there_is_no_progress_and_a_question_that_was_not_cut_has_no_tasks() -> None:
    assert progress_of(_job({})) is None
    assert progress_of(_job(_outputs((), ()))) == ()


def test_what_has_a_result_or_was_asked_back_is_settled_and_a_failure_is_fed_back() -> None:
    tasks = (
        Task(id="1", question="a", candidates=(GOOD,)),
        Task(id="2", question="b", candidates=(BAD, LATE), tried=("SELECT y",)),
        Task(id="3", question="c"),
    )
    rounds = (
        TaskRound(id="1", candidates=(GOOD,), outcomes=(OK,), chosen=0, executed=EXECUTED),
        TaskRound(id="2", candidates=(BAD, LATE), outcomes=(ERROR, SKIPPED)),
        TaskRound(id="3"),
    )
    found = progress_of(_job(_outputs(tasks, rounds)))
    assert found is not None
    assert [(each.task.id, each.is_settled) for each in found] == [("1", True), ("2", False), ("3", True)]
    assert [tried.candidate.sql for tried in found[1].feedback] == ["SELECT y", "SELECT x"]
    assert found[1].feedback[-1].outcome == ERROR
    assert (found[0].feedback, found[2].feedback) == ((), ())
