"""What a generator is told of the turns before: its own answers, as by a client, or the reference answers."""

from collections import defaultdict
from enum import StrEnum

from pydantic import ValidationError

from rowcall_contracts.inputs import MAX_TURNS, Turn
from rowcall_sqlgen.evaluate.questions import Question


class HistorySource(StrEnum):
    """What `--history` takes."""

    OWN = "own"
    GOLD = "gold"


class Dialogues:
    """The turns so far of all dialogues on one database; a turn that was not answered with SQL is left out."""

    def __init__(self, source: HistorySource) -> None:
        self._source = source
        self._turns: defaultdict[str, list[Turn]] = defaultdict(list)

    def before(self, question: Question) -> tuple[Turn, ...]:
        """Returns the last turns that a question goes on from, oldest first."""
        return tuple(self._turns[question.dialogue][-MAX_TURNS:]) if question.dialogue else ()

    def add(self, question: Question, sql: str | None) -> None:
        """Remembers a turn; `sql`: what the generator answered."""
        told = sql if self._source is HistorySource.OWN else next(iter(question.golds), None)
        if question.dialogue is None or told is None:
            return
        try:
            self._turns[question.dialogue].append(Turn(question=question.text, sql=told))
        except ValidationError:
            return  # longer than what the service accepts
