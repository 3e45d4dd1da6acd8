"""The table of pipelines holds together: every kind runs, every step has an owner, every end has an event."""

import re

import pytest

from rowcall_contracts.inputs import INPUTS
from rowcall_contracts.jobs import JobKind
from rowcall_contracts.outputs import OUTPUTS
from rowcall_contracts.pipelines import PIPELINES, STEP_SERVICE, Service, Step, event_types, steps_of
from rowcall_contracts.topics import TOPICS, command_topic
from rowcall_contracts.work import TERMINAL


@pytest.mark.parametrize("kind", JobKind)
def test_every_kind_has_a_pipeline_an_input_and_an_output(kind: JobKind) -> None:
    pipeline = PIPELINES[kind]
    assert kind in INPUTS
    assert kind in OUTPUTS
    assert pipeline.optional < set(pipeline.steps)
    assert pipeline.accepted_steps(frozenset()) == tuple(s for s in pipeline.steps if s not in pipeline.optional)
    assert pipeline.accepted_steps(pipeline.optional) == pipeline.steps


@pytest.mark.parametrize("kind", JobKind)
def test_every_end_has_an_event_of_one_noun(kind: JobKind) -> None:
    types = {PIPELINES[kind].event_type(state) for state in TERMINAL}
    assert len(types) == len(TERMINAL)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", each) for each in types)
    assert {each.partition(".")[0] for each in types} == {PIPELINES[kind].noun}
    assert PIPELINES[kind].done_event in event_types()


def test_two_kinds_end_with_the_same_event_only_where_their_outputs_are_of_one_model() -> None:
    models: dict[str, set[type]] = {}
    for kind, pipeline in PIPELINES.items():
        models.setdefault(pipeline.done_event, set()).add(OUTPUTS[kind])
    assert {event: len(of_event) for event, of_event in models.items()} == dict.fromkeys(models, 1)
    assert len(models) == len(PIPELINES) - 1


def test_every_step_has_one_owner_and_a_topic_of_its_own() -> None:
    assert set(STEP_SERVICE) == set(Step)
    owned = [step for service in Service for step in steps_of(service)]
    assert sorted(owned) == sorted(set(Step) - {Step.DELIVER})
    assert {command_topic(step) for step in owned} <= set(TOPICS)
