"""Members that only some jobs have are absent from what the others write."""

import json

import pytest

from rowcall_contracts.candidates import Generation, Task
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.inputs import ChatInput
from rowcall_contracts.outputs import ChatOutput, ExecutionRound, TaskAnswer, TaskRound

CONNECTION = "conn_01m7zemzxbeqfb43wyzgpavckz"


@pytest.mark.parametrize("explicit", [True, False])
def test_a_job_without_a_breakdown_writes_no_member_of_it(*, explicit: bool) -> None:
    generated = Generation(dialect=Dialect.SQLITE, generator="builtin")
    ran = ExecutionRound(candidates=(), outcomes=())
    asked = ChatInput(question="?", connection_id=CONNECTION)
    for each in (generated, ran, asked, ChatOutput()):
        written = each.model_dump(mode="json", exclude_none=not explicit)
        assert written.keys().isdisjoint({"tasks", "tasks_left_out", "breakdown"})
        assert "task" not in each.model_dump_json()


def test_a_breakdown_reads_back_what_it_wrote() -> None:
    task = Task(id="1", question="How many?")
    values = (
        Generation(dialect=Dialect.SQLITE, generator="builtin", tasks=(task,), tasks_left_out=2),
        ExecutionRound(candidates=(), outcomes=(), tasks=(TaskRound(id="1"),)),
        ChatInput(question="?", connection_id=CONNECTION, breakdown=True),
        ChatOutput(tasks=(TaskAnswer(id="1", question="How many?", answer="Three."),)),
    )
    for value in values:
        assert type(value).model_validate(json.loads(value.model_dump_json())) == value
