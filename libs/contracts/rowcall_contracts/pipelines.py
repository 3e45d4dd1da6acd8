"""Which steps a kind of job takes, which service runs a step, and which events a job ends with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from rowcall_contracts.jobs import JobKind
from rowcall_contracts.work import State


class Service(StrEnum):
    """The five services; a name is a Kafka client, a consumer group, an ACL and a network policy."""

    GATEWAY = "gateway"
    SUMMARIZER = "summarizer"
    SQLGEN = "sqlgen"
    EXECUTOR = "executor"
    WEBHOOKS = "webhooks"


class Step(StrEnum):
    """One service's part of a job. `deliver` is the step of a webhook delivery."""

    CHECK = "check"
    INTROSPECT = "introspect"
    GENERATE = "generate"
    EXECUTE = "execute"
    NARRATE = "narrate"
    SUMMARIZE = "summarize"
    INDEX = "index"
    SEARCH = "search"
    DELIVER = "deliver"


STEP_SERVICE: Mapping[Step, Service] = MappingProxyType(
    {
        Step.CHECK: Service.EXECUTOR,
        Step.INTROSPECT: Service.EXECUTOR,
        Step.GENERATE: Service.SQLGEN,
        Step.EXECUTE: Service.EXECUTOR,
        Step.NARRATE: Service.SUMMARIZER,
        Step.SUMMARIZE: Service.SUMMARIZER,
        Step.INDEX: Service.SUMMARIZER,
        Step.SEARCH: Service.SUMMARIZER,
        Step.DELIVER: Service.WEBHOOKS,
    }
)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The steps of a kind, in order, and the event it ends with.

    `optional` steps are left out when the job is accepted, unless it needs them; a step's output may name them later.
    """

    steps: tuple[Step, ...]
    optional: frozenset[Step] = frozenset()
    done_event: str

    @property
    def noun(self) -> str:
        """The part of the event type before the dot."""
        return self.done_event.partition(".")[0]

    def accepted_steps(self, needed: frozenset[Step]) -> tuple[Step, ...]:
        """Returns the steps a new job copies: all that are not optional, and the optional ones it needs."""
        return tuple(step for step in self.steps if step not in self.optional or step in needed)

    def event_type(self, state: State) -> str:
        """Returns the event type that a job of this kind ends with in a terminal state."""
        return self.done_event if state is State.SUCCEEDED else f"{self.noun}.{state.value}"


PIPELINES: Mapping[JobKind, Pipeline] = MappingProxyType(
    {
        JobKind.CHECK_CONNECTION: Pipeline(steps=(Step.CHECK,), done_event="connection.checked"),
        JobKind.CHAT: Pipeline(
            steps=(Step.INTROSPECT, Step.GENERATE, Step.EXECUTE, Step.NARRATE),
            optional=frozenset({Step.INTROSPECT}),
            done_event="chat.completed",
        ),
        JobKind.GENERATE_SQL: Pipeline(
            steps=(Step.INTROSPECT, Step.GENERATE),
            optional=frozenset({Step.INTROSPECT}),
            done_event="sql.generated",
        ),
        JobKind.REFINE_SQL: Pipeline(
            steps=(Step.INTROSPECT, Step.GENERATE),
            optional=frozenset({Step.INTROSPECT}),
            done_event="sql.generated",
        ),
        JobKind.EXECUTE_SQL: Pipeline(steps=(Step.EXECUTE,), done_event="sql.executed"),
        JobKind.SUMMARIZE_DATA: Pipeline(steps=(Step.INTROSPECT, Step.SUMMARIZE), done_event="data.summarized"),
        JobKind.INDEX_DOCUMENT: Pipeline(steps=(Step.INDEX,), done_event="document.indexed"),
        JobKind.SEARCH_DOCUMENTS: Pipeline(steps=(Step.SEARCH,), done_event="documents.searched"),
    }
)


def event_types() -> tuple[str, ...]:
    """Returns every event type a job can end with, sorted."""
    ends = (State.SUCCEEDED, State.FAILED, State.CANCELLED, State.NEEDS_INPUT)
    asking = {JobKind.CHAT, JobKind.GENERATE_SQL, JobKind.REFINE_SQL}
    return tuple(
        sorted(
            {
                pipeline.event_type(state)
                for kind, pipeline in PIPELINES.items()
                for state in ends
                if state is not State.NEEDS_INPUT or kind in asking
            }
        )
    )


def steps_of(service: Service) -> tuple[Step, ...]:
    """Returns the steps that a service runs for jobs."""
    return tuple(step for step, owner in STEP_SERVICE.items() if owner is service and step is not Step.DELIVER)
