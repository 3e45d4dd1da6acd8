"""Several questions in one text: cut once, then each one answered by the same generator, round after round."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from rowcall_contracts.candidates import MAX_TASKS, Candidate, Generation, Task
from rowcall_runtime.errors import Permanent, Retryable
from rowcall_sqlgen.breakdown.cutter import Cutter
from rowcall_sqlgen.breakdown.progress import Progress
from rowcall_sqlgen.generator import GenerationRequest, Generator

MOST_CANDIDATES = 3
MOST_CANDIDATES_BYTES = 12 * 1024
"""Of one task, as JSON: six tasks in their third round, with what they tried before, stay below 256 KiB."""

_ASKED_ENDPOINT = "llm"
"""Of the generators, the one whose questions can fail; in a breakdown it is named when it answered any."""


class Breakdown:
    """Asks `generator` every question that `cutter` finds in one, all at once."""

    def __init__(self, generator: Generator, cutter: Cutter) -> None:
        self.generator = generator
        self._cutter = cutter

    async def generate(self, request: GenerationRequest, progress: Sequence[Progress] | None) -> Generation:
        """Returns tasks; of a question that is one already, what the generator says of it, and no tasks.

        `progress` is what earlier rounds left; only tasks that have no result yet are asked again.

        Raises:
            Retryable: as the generator does for any of the questions.
            Permanent: as it does for all of them.
        """
        if progress is not None:
            return await (self._tasks(request, progress) if progress else self.generator.generate(request))
        cut = await self._cutter.cut(request.question)
        if len(cut.questions) == 1:
            generation = await self.generator.generate(request)
        else:
            asked = [Task(id=str(at), question=text) for at, text in enumerate(cut.questions[:MAX_TASKS], start=1)]
            generation = await self._tasks(request, [Progress(task) for task in asked])
        return generation.model_copy(
            update={
                "prompt_tokens": generation.prompt_tokens + cut.prompt_tokens,
                "completion_tokens": generation.completion_tokens + cut.completion_tokens,
                "tasks_left_out": max(0, len(cut.questions) - MAX_TASKS),
            }
        )

    async def _tasks(self, request: GenerationRequest, progress: Sequence[Progress]) -> Generation:
        due = [each for each in progress if not each.is_settled]
        answers = await asyncio.gather(*(self._answer(request, each) for each in due))
        generations = [answer for answer in answers if isinstance(answer, Generation)]
        failures = [answer for answer in answers if not isinstance(answer, Generation)]
        temporary = next((failure for failure in failures if isinstance(failure, Retryable)), None)
        if temporary or len(failures) == len(progress):
            raise temporary or failures[0]
        answered = {each.task.id: _answered(each, answer) for each, answer in zip(due, answers, strict=True)}
        return Generation(
            dialect=request.catalog.dialect,
            generator=max((generation.generator for generation in generations), default=_ASKED_ENDPOINT),
            prompt_tokens=sum(generation.prompt_tokens for generation in generations),
            completion_tokens=sum(generation.completion_tokens for generation in generations),
            tasks=tuple(answered.get(each.task.id, each.task) for each in progress),
        )

    async def _answer(self, request: GenerationRequest, progress: Progress) -> Generation | Retryable | Permanent:
        asked = replace(request, question=progress.task.question, feedback=progress.feedback)
        try:
            return await self.generator.generate(asked)
        except (Retryable, Permanent) as error:
            return error  # the others are to end before one of them ends the step


def _answered(progress: Progress, answer: Generation | Retryable | Permanent) -> Task:
    tried = tuple(each.candidate.sql for each in progress.feedback)
    asked = Task(id=progress.task.id, question=progress.task.question, tried=tried)
    if not isinstance(answer, Generation):
        return asked.model_copy(update={"error": answer.problem})
    found = {"candidates": _fitting(answer.candidates), "clarification": answer.clarification}
    return asked.model_copy(update=found)


def _fitting(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Returns the best candidates that a task has room for; the first one always."""
    kept: list[Candidate] = []
    size = 0
    for candidate in candidates[:MOST_CANDIDATES]:
        size += len(candidate.model_dump_json().encode())
        if kept and size > MOST_CANDIDATES_BYTES:
            break
        kept.append(candidate)
    return tuple(kept)
