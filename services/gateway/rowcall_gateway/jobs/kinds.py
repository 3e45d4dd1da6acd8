"""What kinds of jobs there are: generated from the contracts."""

from rowcall_contracts.inputs import INPUTS
from rowcall_contracts.jobs import JobKind
from rowcall_contracts.outputs import OUTPUTS
from rowcall_contracts.pipelines import PIPELINES
from rowcall_contracts.work import State
from rowcall_gateway.jobs.schemas import KindBody, KindList


def job_kinds() -> KindList:
    """Returns every kind with its steps, the events it may end with, and its schemas."""
    return KindList(data=[_kind(kind) for kind in JobKind])


def _kind(kind: JobKind) -> KindBody:
    pipeline = PIPELINES[kind]
    ends = (State.SUCCEEDED, State.FAILED, State.CANCELLED)
    return KindBody(
        kind=kind,
        steps=[step.value for step in pipeline.steps],
        events=[pipeline.event_type(state) for state in ends],
        input_schema=INPUTS[kind].model_json_schema(),
        output_schema=OUTPUTS[kind].model_json_schema(),
    )
