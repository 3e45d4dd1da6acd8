"""Step `generate`: hands question, catalog and feedback to the generator and says where the job goes."""

from rowcall_contracts.candidates import Candidate, Generation, Outcome, OutcomeStatus
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.metrics import Metric
from rowcall_contracts.outputs import ChatOutput, ExecutionRound
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_contracts.work import State
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.errors import Permanent
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.step import StepOutput
from rowcall_sqlgen.generator import GenerationRequest, Generator, Tried

_FAILED = Outcome(status=OutcomeStatus.ERROR)


class Generating:
    """The handler."""

    def __init__(
        self, connections: Repository[Connection], catalogs: CatalogStore, generator: Generator, *, platform: Platform
    ) -> None:
        self._connections = connections
        self._catalogs = catalogs
        self._generator = generator
        self._clock = platform.clock
        self._metrics = platform.metrics

    async def __call__(self, job: Job) -> StepOutput:
        """Generates candidates for the job's question; without a catalog the job is sent to `introspect` first."""
        connection = await self._connections.get(job.workspace_id, str(job.input["connection_id"]))
        if connection is None:
            raise Permanent(ProblemType.NOT_FOUND, "The job's connection no longer exists.")
        catalog = await self._catalogs.load(connection)
        if catalog is None:
            return StepOutput(next_step=Step.INTROSPECT)
        request = GenerationRequest(
            question=str(job.input["question"]),
            connection_id=connection.id,
            catalog=catalog,
            max_rows=int(str(job.input.get("max_rows", 0))),
            now=self._clock.now(),
            feedback=_feedback(job),
            share=connection.llm_share,
        )
        generation = await self._generator.generate(request)
        self._metrics.count(Metric.LLM_TOKENS, generation.prompt_tokens, direction="sent")
        self._metrics.count(Metric.LLM_TOKENS, generation.completion_tokens, direction="received")
        return _output(job, _continued(job, generation, request.feedback))


def _feedback(job: Job) -> tuple[Tried, ...]:
    """Returns what the rounds of `execute` made of their candidates; of those before the last, the statements alone.

    A statement that was skipped, because the time was spent before its turn, has not been tried.
    """
    if Step.EXECUTE not in job.outputs:
        return ()
    last = ExecutionRound.model_validate(job.outputs[Step.EXECUTE])
    before = (Tried(Candidate(sql=sql, confidence=0.0), _FAILED) for sql in _former(job).tried)
    pairs = (Tried(*pair) for pair in zip(last.candidates, last.outcomes, strict=True))
    return (*before, *(tried for tried in pairs if tried.outcome.status is not OutcomeStatus.SKIPPED))


def _former(job: Job) -> Generation:
    return Generation.model_validate(job.outputs[Step.GENERATE])


def _continued(job: Job, generation: Generation, feedback: tuple[Tried, ...]) -> Generation:
    """Carries over what this step's output would else lose when it takes the place of the last round's."""
    if not feedback:
        return generation
    former = _former(job)
    return generation.model_copy(
        update={
            "prompt_tokens": former.prompt_tokens + generation.prompt_tokens,
            "completion_tokens": former.completion_tokens + generation.completion_tokens,
            "tried": tuple(tried.candidate.sql for tried in feedback),
        }
    )


def _output(job: Job, generation: Generation) -> StepOutput:
    """Goes on with candidates; without any, asks back, but not before the structure was seen to be what we know."""
    if generation.candidates:
        return StepOutput(output=generation)
    if Step.INTROSPECT not in job.outputs:
        return StepOutput(next_step=Step.INTROSPECT)
    asked = ChatOutput(dialect=generation.dialect, clarification=generation.clarification)
    return StepOutput(result=asked if job.kind == JobKind.CHAT else generation, ends=State.NEEDS_INPUT)
