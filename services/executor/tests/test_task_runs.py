"""Tasks of a breakdown run one after the other, each under its share; what failed alone goes back."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from rowcall_contracts.candidates import (
    MAX_ROUNDS,
    MAX_TASKS,
    Candidate,
    Clarification,
    ClarificationKind,
    Generation,
    OutcomeStatus,
    Task,
)
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.jobs import MAX_OUTPUT_BYTES, Job, JobKind, JsonObject
from rowcall_contracts.outputs import INLINE_ROWS_BYTES, ExecutionRound, TaskRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.work import State
from rowcall_executor.executing import Executing
from rowcall_executor.gate import Gate
from rowcall_executor.result_pages import ResultPages
from rowcall_runtime.errors import Permanent
from rowcall_runtime.step import StepOutput
from services.executor.tests.office import ITEMS, SLOW, Office, sqlite_file

BUDGET_S = 3.0
COUNT = "SELECT count(*) AS n FROM item"
ERROR = "SELECT nothing_of_the_kind FROM item"
REFUSED = "DELETE FROM item"
WIDE = "SELECT id, text FROM filler ORDER BY id"
ASKED = Clarification(kind=ClarificationKind.NOT_UNDERSTOOD, message="Nothing was found for `x`.", words=("x",))
INTROSPECTED: Mapping[str, JsonObject] = {Step.INTROSPECT.value: {"fingerprint": "f", "changed": True, "elapsed_ms": 1}}


def _tasks(*candidates: Sequence[str]) -> tuple[Task, ...]:
    """A task per sequence of statements; one without any asked back."""
    return tuple(
        Task(
            id=str(number),
            question=f"question {number}",
            candidates=tuple(Candidate(sql=sql, confidence=0.5) for sql in statements),
            clarification=None if statements else ASKED,
        )
        for number, statements in enumerate(candidates, start=1)
    )


def _job(office: Office, shop: Connection, tasks: tuple[Task, ...], **fields: object) -> Job:
    generated = Generation(dialect=Dialect.SQLITE, generator="builtin", tasks=tasks)
    outputs = {**INTROSPECTED, Step.GENERATE.value: generated.model_dump(mode="json")}
    asked = {"connection_id": shop.id, "question": "?", "max_rows": 10_000, "breakdown": True}
    standing = {"step": Step.EXECUTE.value, "state": State.RUNNING, "input": asked, "outputs": outputs}
    return office.job(JobKind.CHAT, shop, **{**standing, **fields})


async def _run(office: Office, job: Job) -> StepOutput:
    """Runs the step with seconds enough for a busy machine."""
    store, clock, week = office.store, office.platform.clock, timedelta(days=7)
    pages = ResultPages(store.collection(Collection.RESULTS), clock, retention=week)
    gate = Gate(office.catalogs, store.collection(Collection.AUDIT), clock, week)
    return await Executing(office.customers, pages, office.platform.metrics, gate=gate, budget_s=BUDGET_S)(job)


def _rounds(output: StepOutput) -> tuple[TaskRound, ...]:
    assert isinstance(output.output, ExecutionRound)
    assert (output.output.candidates, output.output.outcomes, output.output.executed) == ((), (), None)
    return output.output.tasks


def _statuses(rounds: Sequence[TaskRound]) -> list[list[str]]:
    return [[outcome.status.value for outcome in each.outcomes] for each in rounds]


async def test_every_task_has_the_rows_of_its_own_best_candidate(office: Office, shop: Connection) -> None:
    job = _job(office, shop, _tasks([ERROR, ITEMS, COUNT], [COUNT], []))

    output = await _run(office, job)

    rounds = _rounds(output)
    assert (output.next_step, [each.id for each in rounds]) == (None, ["1", "2", "3"])
    assert _statuses(rounds) == [["error", "ok", "skipped"], ["ok"], []]
    assert [each.executed.rows if each.executed else None for each in rounds] == [
        ((1, "anvil"), (2, "bolt"), (3, None)),
        ((3,),),
        None,
    ]
    assert [each.executed.rows_url for each in rounds if each.executed] == [
        f"/jobs/{job.id}/tasks/1/rows",
        f"/jobs/{job.id}/tasks/2/rows",
    ]


async def test_a_slow_first_task_leaves_the_others_their_share(office: Office, shop: Connection) -> None:
    job = _job(office, shop, _tasks([SLOW], [ITEMS], [COUNT]), round=MAX_ROUNDS)

    slow, *others = _rounds(await _run(office, job))

    assert slow.outcomes[0].status is OutcomeStatus.TIMEOUT
    assert slow.outcomes[0].elapsed_ms > BUDGET_S / 3 * 0.9 * 1000
    assert slow.error is not None
    assert slow.error.type == ProblemType.SQL_TIMEOUT.uri
    assert [each.executed is not None for each in others] == [True, True]


async def test_what_a_quick_task_leaves_is_for_those_after_it(office: Office, shop: Connection) -> None:
    _, slow = _rounds(await _run(office, _job(office, shop, _tasks([COUNT], [SLOW]), round=MAX_ROUNDS)))
    assert slow.outcomes[0].elapsed_ms > BUDGET_S * 0.75 * 1000


async def test_only_what_failed_goes_back_and_what_was_found_is_not_run_again(office: Office, shop: Connection) -> None:
    first = _job(office, shop, _tasks([ITEMS], [ERROR, REFUSED], []))
    output = await _run(office, first)
    assert output.next_step is Step.GENERATE
    assert output.output is not None
    ran_before = office.queries("sqlite", "ok")

    mended = _job(office, shop, _tasks([ITEMS], [COUNT], []), round=2)
    outputs = {**mended.outputs, Step.EXECUTE.value: output.output.model_dump(mode="json")}
    second = await _run(office, mended.model_copy(update={"outputs": outputs}))

    assert second.next_step is None
    assert _statuses(_rounds(second)) == [["ok"], ["ok"], []]
    assert _rounds(second)[0] == _rounds(output)[0]
    assert office.queries("sqlite", "ok") == ran_before + 1


async def test_the_structure_is_read_again_once_where_the_database_said_no(office: Office, shop: Connection) -> None:
    job = _job(office, shop, _tasks([ITEMS], [ERROR]))
    generated = {Step.GENERATE.value: job.outputs[Step.GENERATE]}
    assert (await _run(office, job.model_copy(update={"outputs": generated}))).next_step is Step.INTROSPECT
    assert (await _run(office, job)).next_step is Step.GENERATE


async def test_after_the_last_round_the_job_goes_on_with_what_was_found(office: Office, shop: Connection) -> None:
    output = await _run(office, _job(office, shop, _tasks([ITEMS], [REFUSED, ERROR]), round=MAX_ROUNDS))

    found, failed = _rounds(output)
    assert output.next_step is None
    assert found.executed is not None
    assert failed.error is not None
    assert failed.error.type == ProblemType.SQL_REFUSED.uri


async def test_a_job_without_any_result_fails_like_its_first_failed_task(office: Office, shop: Connection) -> None:
    with pytest.raises(Permanent) as ended:
        await _run(office, _job(office, shop, _tasks([], [ERROR], [REFUSED]), round=MAX_ROUNDS))
    assert ended.value.kind is ProblemType.SQL_FAILED


async def test_every_statement_of_every_task_leaves_an_audit_row(office: Office, shop: Connection) -> None:
    job = _job(office, shop, _tasks([REFUSED, ITEMS], [COUNT]))
    await _run(office, job)
    rows = await office.store.collection(Collection.AUDIT).find({"job_id": job.id})
    assert sorted(str(row["status"]) for row in rows) == ["ok", "ok", "refused"]
    assert len({row["statement_sha256"] for row in rows}) == 3


async def test_large_results_share_the_room_in_the_job_and_are_kept_whole_in_pages(office: Office) -> None:
    filler = [(number, "ä" * 200) for number in range(300)]
    shop = await office.connect(sqlite_file(office.root / "wide.sqlite", rows=filler))
    job = _job(office, shop, _tasks(*[[WIDE]] * MAX_TASKS))

    output = await _run(office, job)

    results = [each.executed for each in _rounds(output) if each.executed]
    assert len(results) == MAX_TASKS
    inline = sum(len(str(cell).encode()) for result in results for row in result.rows for cell in row)
    assert INLINE_ROWS_BYTES // 2 < inline <= INLINE_ROWS_BYTES
    assert output.output is not None
    assert len(output.output.model_dump_json().encode()) < MAX_OUTPUT_BYTES // 2
    assert len({result.result_id for result in results}) == MAX_TASKS
    assert {page["result_id"] for page in await office.pages(job)} == {result.result_id for result in results}
    assert [result.row_count for result in results] == [300] * MAX_TASKS
