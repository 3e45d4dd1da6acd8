"""Two versions of Rowcall side by side: jobs that newer code accepted are left alone, older lists of steps are kept.

The jobs are put into the store as the other version's gateway would have, and no command announces them.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.work_store import to_document
from tests.integration.api import Api, eventually
from tests.integration.deployment import Deployment
from tests.integration.inspection import Inspection, require_ended_once
from tests.integration.small_database import small_database

QUESTION = "How many items are there?"
SWEEPS = 3


@pytest.fixture
def items(api: Api, deployment: Deployment, tmp_path: Path) -> str:
    """A connection to a small database whose catalog is known."""
    connection = api.connect(small_database(deployment.folder / "data" / f"{tmp_path.name}.sqlite"), name="items")
    assert api.ask(connection, QUESTION)["output"]["rows"] == [[3]]
    return connection


def accepted_elsewhere(inspection: Inspection, kind: str, steps: tuple[str, ...], **given: Any) -> str:
    """Stores a job that is due now."""
    now = datetime.now(UTC)
    job = Job(
        id=new_id(Prefix.JOB),
        workspace_id="default",
        kind=kind,
        state=State.QUEUED,
        step=steps[0],
        steps=steps,
        version=1,
        due_at=now,
        input=given,
        created_at=now,
        history=(HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=steps[0]),),
    )
    inspection.insert_job(to_document(job))
    return job.id


def sweep_past(inspection: Inspection, items: str) -> None:
    """Returns once the executor's sweep has found and run several jobs, one after the other."""
    for _ in range(SWEEPS):
        job_id = accepted_elsewhere(
            inspection,
            JobKind.EXECUTE_SQL,
            (Step.EXECUTE,),
            connection_id=items,
            sql="SELECT count(*) FROM items",
            max_rows=10,
        )
        eventually(lambda: not inspection.unfinished([job_id]))  # noqa: B023
        assert inspection.job(job_id)["output"]["rows"] == [[3]]


def finished_steps(inspection: Inspection, job_id: str) -> list[str]:
    """Returns the steps of a job that were finished, in order."""
    history = inspection.job(job_id)["history"]
    return [entry["step"] for entry in history if entry["event"] == HistoryEvent.FINISHED]


def test_a_job_of_a_newer_kind_is_left_alone(api: Api, inspection: Inspection, items: str) -> None:
    newer = accepted_elsewhere(inspection, "forecast", (Step.EXECUTE, "forecast"), connection_id=items, horizon=12)
    before = inspection.job(newer)
    sweep_past(inspection, items)
    assert api.ask(items, QUESTION)["state"] == "succeeded"
    assert inspection.job(newer) == before
    assert api.job(newer)["state"] == "queued"


def test_a_job_is_left_alone_at_a_step_that_only_newer_code_knows(
    deployment: Deployment, inspection: Inspection, items: str
) -> None:
    steps = (Step.GENERATE, Step.EXECUTE, "verify", Step.NARRATE)
    newer = accepted_elsewhere(inspection, JobKind.CHAT, steps, connection_id=items, question=QUESTION, max_rows=10)
    eventually(lambda: inspection.job(newer)["step"] == "verify")
    before = inspection.job(newer)
    sweep_past(inspection, items)
    assert inspection.job(newer) == before
    assert finished_steps(inspection, newer) == [Step.GENERATE, Step.EXECUTE]
    assert "slot_failed" not in deployment.log_of(Service.EXECUTOR)


@pytest.mark.parametrize(
    "steps",
    [(Step.INTROSPECT, Step.GENERATE, Step.EXECUTE, Step.NARRATE), (Step.GENERATE, Step.EXECUTE)],
    ids=["longer", "shorter"],
)
def test_a_job_follows_the_steps_it_was_accepted_with(
    inspection: Inspection, items: str, steps: tuple[Step, ...]
) -> None:
    other = accepted_elsewhere(inspection, JobKind.CHAT, steps, connection_id=items, question=QUESTION, max_rows=10)
    eventually(lambda: not inspection.unfinished([other]))
    job = inspection.job(other)
    assert job["state"] == "succeeded"
    assert finished_steps(inspection, other) == list(steps)
    require_ended_once(job)
