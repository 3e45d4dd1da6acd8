"""The question back when no task of a breakdown can go on."""

from collections.abc import Iterable, Sequence

from rowcall_contracts.candidates import Clarification, ClarificationKind, Task
from rowcall_contracts.outputs import TaskAnswer

_MOST = 20


def joint_clarification(tasks: Sequence[Task]) -> Clarification:
    """Returns one clarification that says of every task why it was not answered."""
    asked = [task.clarification for task in tasks if task.clarification]
    ambiguous = all(each.kind is ClarificationKind.AMBIGUOUS for each in asked)
    return Clarification(
        kind=ClarificationKind.AMBIGUOUS if ambiguous else ClarificationKind.NOT_UNDERSTOOD,
        message=" ".join(f"“{task.question}”: {_reason(task)}" for task in tasks),
        words=_distinct(word for each in asked for word in each.words),
        options=_distinct(option for each in asked for option in each.options),
    )


def unanswered(tasks: Iterable[Task]) -> tuple[TaskAnswer, ...]:
    """Returns the tasks as a caller reads them."""
    return tuple(
        TaskAnswer(id=task.id, question=task.question, clarification=task.clarification, error=task.error)
        for task in tasks
    )


def _reason(task: Task) -> str:
    if task.clarification:
        return task.clarification.message
    return task.error.detail if task.error else "It has no answer."


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))[:_MOST]
