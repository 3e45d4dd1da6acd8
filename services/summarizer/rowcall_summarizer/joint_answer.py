"""The answers to the tasks of a breakdown, and one that says them all."""

from collections.abc import Sequence

from rowcall_contracts.candidates import MAX_TASKS, Candidate, Generation, Task
from rowcall_contracts.outputs import ChatOutput, Executed, TaskAnswer, TaskRound
from rowcall_summarizer.chart import choose_chart
from rowcall_summarizer.narration import narrate


def joint_answer(generation: Generation, rounds: Sequence[TaskRound]) -> ChatOutput:
    """Returns the tasks' answers in their order. The joint one has a line each, those without an answer named as such.

    Its confidence is that of the least sure task that was answered.
    """
    ran = {each.id: each for each in rounds}
    tasks = tuple(_answered(task, ran.get(task.id) or TaskRound(id=task.id)) for task in generation.tasks)
    return ChatOutput(
        answer="\n".join([*(_line(task) for task in tasks), *_left_out(generation)]),
        dialect=generation.dialect,
        confidence=min((task.confidence for task in tasks if task.answer), default=0.0),
        tasks=tasks,
    )


def _answered(task: Task, ran: TaskRound) -> TaskAnswer:
    if ran.executed is not None and ran.chosen is not None:
        return _told(task, ran.executed, ran.candidates[ran.chosen])
    return TaskAnswer(
        id=task.id,
        question=task.question,
        clarification=task.clarification,
        error=None if task.clarification else ran.error,
    )


def _told(task: Task, executed: Executed, chosen: Candidate) -> TaskAnswer:
    return TaskAnswer(
        id=task.id,
        question=task.question,
        answer=narrate(task.question, executed).answer,
        sql=executed.sql,
        columns=executed.columns,
        rows=executed.rows,
        row_count=executed.row_count,
        truncated=executed.truncated,
        result_id=executed.result_id,
        rows_url=executed.rows_url,
        chart=choose_chart(executed),
        confidence=chosen.confidence,
        assumptions=chosen.assumptions,
    )


def _line(task: TaskAnswer) -> str:
    if task.answer is not None:
        return task.answer
    reason = task.clarification.message if task.clarification else task.error and task.error.detail
    return f"Not answered: “{task.question}”. {reason or ''}".rstrip()


def _left_out(generation: Generation) -> list[str]:
    count = generation.tasks_left_out
    if not count:
        return []
    asked = "question was" if count == 1 else "questions were"
    return [f"{count} more {asked} left out: {MAX_TASKS} are answered at once."]
