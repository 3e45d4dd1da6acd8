"""The step as a job sees it."""

from datetime import UTC, datetime, timedelta

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.outputs import ChatOutput, ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_summarizer.narrating import Narrating
from services.summarizer.tests.executed import INTEGER, executed

START = datetime(2026, 1, 1, tzinfo=UTC)
SQL = "SELECT COUNT(*) AS flight_count FROM flights"


class Clock:
    """A clock that stands still."""

    def now(self) -> datetime:
        return START + timedelta(milliseconds=700)


def job() -> Job:
    passed = ExecutionRound(
        candidates=(Candidate(sql=SQL, confidence=0.9),),
        outcomes=(Outcome(status=OutcomeStatus.OK, row_count=1),),
        chosen=0,
        executed=executed({"flight_count": INTEGER}, [(336_776,)], sql=SQL),
    )
    ends = [
        (HistoryEvent.ACCEPTED, Step.GENERATE, 0),
        (HistoryEvent.FINISHED, Step.GENERATE, 100),
        (HistoryEvent.LEASED, Step.EXECUTE, 150),
        (HistoryEvent.FINISHED, Step.EXECUTE, 250),
        (HistoryEvent.FINISHED, Step.GENERATE, 350),
        (HistoryEvent.FINISHED, Step.EXECUTE, 650),
    ]
    return Job(
        id="job_1",
        workspace_id="ws_1",
        state=State.RUNNING,
        step=Step.NARRATE,
        version=7,
        kind=JobKind.CHAT,
        steps=(Step.GENERATE, Step.EXECUTE, Step.NARRATE),
        input={"question": "How many flights are there?", "connection_id": "conn_1"},
        outputs={Step.EXECUTE: passed.model_dump(mode="json")},
        history=tuple(
            HistoryEntry(version=at, at=START + timedelta(milliseconds=ms), event=event, step=step)
            for at, (event, step, ms) in enumerate(ends, start=1)
        ),
        created_at=START,
    )


async def test_every_step_has_its_time_the_narration_too() -> None:
    answer = (await Narrating(Clock())(job())).output
    assert isinstance(answer, ChatOutput)
    assert answer.timings == {"generate": 200, "execute": 450, "narrate": 50}


async def test_the_answer_carries_statement_sentence_and_rows() -> None:
    answer = (await Narrating(Clock())(job())).output
    assert isinstance(answer, ChatOutput)
    assert (answer.answer, answer.sql, answer.rows) == ("There are 336,776 flights.", SQL, ((336_776,),))
