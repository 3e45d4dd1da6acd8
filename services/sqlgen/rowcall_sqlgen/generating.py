"""Step `generate`: hands question, catalog and feedback to the generator and says where the job goes."""

from pydantic import TypeAdapter

from rowcall_contracts.candidates import Candidate, Generation
from rowcall_contracts.inputs import Turn
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
from rowcall_sqlgen.breakdown.asking_back import joint_clarification, unanswered
from rowcall_sqlgen.breakdown.breakdown import Breakdown
from rowcall_sqlgen.breakdown.progress import progress_of
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge
from rowcall_sqlgen.rounds import feedback_of

_TURNS = TypeAdapter(tuple[Turn, ...])


class Generating:
    """The handler."""

    def __init__(
        self,
        connections: Repository[Connection],
        catalogs: CatalogStore,
        breakdown: Breakdown,
        *,
        platform: Platform,
        knowledge: Knowledge = NOTHING,
    ) -> None:
        self._connections = connections
        self._catalogs = catalogs
        self._breakdown = breakdown
        self._knowledge = knowledge
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
            question=str(job.input["feedback" if job.kind == JobKind.REFINE_SQL else "question"]),
            connection_id=connection.id,
            catalog=catalog,
            max_rows=int(str(job.input.get("max_rows", 0))),
            now=self._clock.now(),
            feedback=_feedback(job),
            share=connection.llm_share,
            history=_TURNS.validate_python(job.input.get("history", ())),
            refining=str(job.input["sql"]) if job.kind == JobKind.REFINE_SQL else None,
            knowledge=self._knowledge,
        )
        generation = _told(job, await self._generation(job, request))
        self._metrics.count(Metric.LLM_TOKENS, generation.prompt_tokens, direction="sent")
        self._metrics.count(Metric.LLM_TOKENS, generation.completion_tokens, direction="received")
        return _output(job, _continued(job, generation, request.feedback))

    async def _generation(self, job: Job, request: GenerationRequest) -> Generation:
        if job.input.get("breakdown"):
            return await self._breakdown.generate(request, progress_of(job))
        return await self._breakdown.generator.generate(request)


def _told(job: Job, generation: Generation) -> Generation:
    """A chat shows the assumptions alone: what was changed in the statement before is one of them there."""
    if job.kind != JobKind.CHAT:
        return generation
    tasks = (task.model_copy(update={"candidates": _explained(task.candidates)}) for task in generation.tasks)
    return generation.model_copy(update={"candidates": _explained(generation.candidates), "tasks": tuple(tasks)})


def _explained(candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    return tuple(
        each.model_copy(update={"assumptions": (each.explanation, *each.assumptions)}) if each.explanation else each
        for each in candidates
    )


def _feedback(job: Job) -> tuple[Tried, ...]:
    """Returns what the rounds of `execute` made of their candidates."""
    if Step.EXECUTE not in job.outputs:
        return ()
    last = ExecutionRound.model_validate(job.outputs[Step.EXECUTE])
    return feedback_of(_former(job).tried, last.candidates, last.outcomes)


def _former(job: Job) -> Generation:
    return Generation.model_validate(job.outputs[Step.GENERATE])


def _continued(job: Job, generation: Generation, feedback: tuple[Tried, ...]) -> Generation:
    """Carries over what this step's output would else lose when it takes the place of the last round's."""
    if Step.EXECUTE not in job.outputs:
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
    asked = generation.tasks or (generation,)
    if all(each.candidates for each in asked):
        return StepOutput(output=generation)
    if Step.INTROSPECT not in job.outputs:
        return StepOutput(next_step=Step.INTROSPECT)
    if any(each.candidates for each in asked):
        return StepOutput(output=generation)
    return StepOutput(result=_question_back(job, generation), ends=State.NEEDS_INPUT)


def _question_back(job: Job, generation: Generation) -> ChatOutput | Generation:
    if job.kind != JobKind.CHAT:
        return generation
    tasks = generation.tasks
    clarification = joint_clarification(tasks) if tasks else generation.clarification
    return ChatOutput(dialect=generation.dialect, clarification=clarification, tasks=unanswered(tasks))
