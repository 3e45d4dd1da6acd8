"""What a caller sends and reads of a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from rowcall_contracts.base import Contract
from rowcall_contracts.inputs import (
    ChatInput,
    CheckConnectionInput,
    ExecuteSqlInput,
    GenerateSqlInput,
    IndexDocumentInput,
    JobInput,
    RefineSqlInput,
    SearchDocumentsInput,
    SummarizeDataInput,
)
from rowcall_contracts.jobs import Job, JobKind, JsonObject
from rowcall_contracts.problems import Problem
from rowcall_contracts.work import TERMINAL, State
from rowcall_gateway.cursors import Page, PageQuery

TIMEOUT_DEFAULT_S = 120
TIMEOUT_MAX_S = 3_600
MAX_METADATA = 16

MetadataKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
MetadataValue = Annotated[str, Field(max_length=512)]


class NewJob(Contract):
    """What all kinds of new jobs have in common. `kind` decides what `input` is."""

    kind: JobKind
    input: JobInput
    parent_job_id: Annotated[str | None, Field(max_length=64)] = None
    timeout_s: Annotated[int, Field(strict=True, ge=1, le=TIMEOUT_MAX_S)] = TIMEOUT_DEFAULT_S
    metadata: Annotated[dict[MetadataKey, MetadataValue], Field(max_length=MAX_METADATA)] = {}


class NewConnectionCheck(NewJob):
    """Checks a connection again."""

    kind: Literal[JobKind.CHECK_CONNECTION]
    input: CheckConnectionInput


class NewChat(NewJob):
    """Asks a question."""

    kind: Literal[JobKind.CHAT]
    input: ChatInput


class NewSqlGeneration(NewJob):
    """Turns a question into SQL."""

    kind: Literal[JobKind.GENERATE_SQL]
    input: GenerateSqlInput


class NewSqlRefinement(NewJob):
    """Changes a statement as the feedback says."""

    kind: Literal[JobKind.REFINE_SQL]
    input: RefineSqlInput


class NewSqlExecution(NewJob):
    """Runs one reading statement."""

    kind: Literal[JobKind.EXECUTE_SQL]
    input: ExecuteSqlInput


class NewDataSummary(NewJob):
    """Describes a database."""

    kind: Literal[JobKind.SUMMARIZE_DATA]
    input: SummarizeDataInput


class NewDocumentIndex(NewJob):
    """Indexes a document again."""

    kind: Literal[JobKind.INDEX_DOCUMENT]
    input: IndexDocumentInput


class NewDocumentSearch(NewJob):
    """Finds passages."""

    kind: Literal[JobKind.SEARCH_DOCUMENTS]
    input: SearchDocumentsInput


AnyNewJob = Annotated[
    NewConnectionCheck
    | NewChat
    | NewSqlGeneration
    | NewSqlRefinement
    | NewSqlExecution
    | NewDataSummary
    | NewDocumentIndex
    | NewDocumentSearch,
    Field(discriminator="kind"),
]


class Progress(BaseModel):
    """Steps that are finished, of those the job has."""

    done: int
    total: int


class JobSummary(BaseModel):
    """A job as lists show it."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: str
    state: State
    step: str
    progress: Progress
    error: Problem | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempts: int = Field(description="Tries of the current step, the present one included.")
    parent_job_id: str | None = None
    metadata: dict[str, str]
    links: dict[str, str]

    @classmethod
    def summing(cls, job: Job) -> "JobSummary":
        """Shows a stored job that was read without its outputs."""
        return cls.model_validate(_shared(job))


class JobBody(JobSummary):
    """A job. `input` and `output` follow the schemas of its kind, see `/jobs/kinds`."""

    input: JsonObject
    output: JsonObject | None = None

    @classmethod
    def of(cls, job: Job) -> "JobBody":
        """Shows a stored job."""
        return cls.model_validate({**_shared(job), "input": job.input, "output": job.output})


class JobList(Page[JobSummary]):
    """One page of jobs."""


class JobsQuery(PageQuery):
    """Which jobs to list."""

    kind: JobKind | None = None
    state: State | None = None
    connection_id: Annotated[str | None, Field(max_length=64)] = None
    created_after: AwareDatetime | None = None
    created_before: AwareDatetime | None = None

    def filter(self) -> dict[str, object]:
        """Returns what a stored job must have."""
        wanted: Mapping[str, object] = {
            "kind": self.kind and self.kind.value,
            "state": self.state and self.state.value,
            "input.connection_id": self.connection_id,
            "created_at": _between(self.created_after, self.created_before),
        }
        return {name: value for name, value in wanted.items() if value is not None}


class KindBody(BaseModel):
    """A kind of job: its steps, and JSON Schemas of what goes in and comes out."""

    kind: JobKind
    steps: list[str]
    events: list[str]
    input_schema: JsonObject
    output_schema: JsonObject


class KindList(BaseModel):
    """All kinds."""

    data: list[KindBody]


def _shared(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "step": job.step,
        "progress": _progress(job),
        "error": job.error,
        "created_at": job.created_at,
        # Two processes read the store's clock to within some milliseconds; a job must not start before it was made.
        "started_at": job.started_at and max(job.started_at, job.created_at),
        "finished_at": job.finished_at,
        "attempts": job.attempt + job.worker_losses + 1,
        "parent_job_id": job.parent_job_id,
        "metadata": job.metadata,
        "links": _links(job),
    }


def _progress(job: Job) -> Progress:
    total = len(job.steps)
    if job.state is State.SUCCEEDED:
        return Progress(done=total, total=total)
    return Progress(done=job.steps.index(job.step) if job.step in job.steps else 0, total=total)


def _links(job: Job) -> dict[str, str]:
    itself = f"/jobs/{job.id}"
    links = {"self": itself, "stream": f"{itself}/stream"}
    if job.state not in TERMINAL:
        links["cancel"] = f"{itself}/cancel"
    if job.output and job.output.get("rows_url"):
        links["rows"] = f"{itself}/rows"
    return links


def _between(after: datetime | None, before: datetime | None) -> dict[str, datetime] | None:
    bounds = {"$gt": after, "$lt": before}
    return {operator: instant for operator, instant in bounds.items() if instant is not None} or None
