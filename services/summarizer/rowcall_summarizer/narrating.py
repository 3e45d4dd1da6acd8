"""Step `narrate`: turns the chosen result into the answer a caller reads."""

from datetime import datetime
from itertools import pairwise

from rowcall_contracts.candidates import Generation
from rowcall_contracts.jobs import Job
from rowcall_contracts.outputs import ChatOutput, ExecutionRound, RankedCandidate
from rowcall_contracts.pipelines import Step
from rowcall_contracts.work import HistoryEvent
from rowcall_runtime.clock import Clock
from rowcall_runtime.step import StepOutput
from rowcall_summarizer.chart import choose_chart
from rowcall_summarizer.joint_answer import joint_answer
from rowcall_summarizer.narration import narrate


class Narrating:
    """The handler."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, job: Job) -> StepOutput:
        """Says what was found, and draws it where a chart says more than the sentence."""
        passed = ExecutionRound.model_validate(job.outputs[Step.EXECUTE])
        spent = timings(job, self._clock.now())
        if passed.tasks:
            generation = Generation.model_validate(job.outputs[Step.GENERATE])
            joint = joint_answer(generation, passed.tasks).model_copy(update={"timings": spent})
            return StepOutput(output=joint, counts={"rows": sum(task.row_count for task in joint.tasks)})
        executed = passed.executed
        if executed is None or passed.chosen is None:
            raise LookupError("A narrated job has an executed candidate.")
        chosen = passed.candidates[passed.chosen]
        narration = narrate(str(job.input["question"]), executed)
        answer = ChatOutput(
            answer=narration.answer,
            sql=executed.sql,
            dialect=executed.dialect,
            columns=executed.columns,
            rows=executed.rows,
            row_count=executed.row_count,
            truncated=executed.truncated,
            result_id=executed.result_id,
            rows_url=executed.rows_url,
            chart=choose_chart(executed),
            confidence=chosen.confidence,
            assumptions=chosen.assumptions,
            candidates=_ranked(passed),
            timings=spent,
        )
        return StepOutput(output=answer, counts={"rows": executed.row_count})


def timings(job: Job, now: datetime) -> dict[str, int]:
    """Returns milliseconds per step, waiting included, rounds added up; the step that is running counts until `now`."""
    ends = [entry for entry in job.history if entry.event in (HistoryEvent.ACCEPTED, HistoryEvent.FINISHED)]
    spans = [(after.step, after.at - before.at) for before, after in pairwise(ends)]
    if ends:
        spans.append((job.step, now - ends[-1].at))
    spent: dict[str, int] = {}
    for step, span in spans:
        spent[step] = spent.get(step, 0) + max(0, int(span.total_seconds() * 1000))
    return spent


def _ranked(passed: ExecutionRound) -> tuple[RankedCandidate, ...]:
    return tuple(
        RankedCandidate(
            sql=candidate.sql, confidence=candidate.confidence, assumptions=candidate.assumptions, outcome=outcome
        )
        for candidate, outcome in zip(passed.candidates, passed.outcomes, strict=True)
    )
