"""What a measured generator is told of the turns before."""

from pathlib import Path

import pytest

from rowcall_contracts.candidates import Candidate, Clarification, ClarificationKind, Generation
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.inputs import MAX_TURNS, Turn
from rowcall_sqlgen.evaluate import database_run
from rowcall_sqlgen.evaluate.database_run import DatabaseTask, run_database
from rowcall_sqlgen.evaluate.dialogues import Dialogues, HistorySource
from rowcall_sqlgen.evaluate.generators import GeneratorKind
from rowcall_sqlgen.evaluate.questions import Question
from rowcall_sqlgen.generator import GenerationRequest

OWN = "SELECT COUNT(name) FROM cake"
GOLD = "SELECT count(*) FROM cake"


class Listening:
    """Answers everything alike, except what it does not understand, and keeps what it was told."""

    def __init__(self) -> None:
        self.requests: list[GenerationRequest] = []

    async def generate(self, request: GenerationRequest) -> Generation:
        self.requests.append(request)
        asked = Clarification(kind=ClarificationKind.NOT_UNDERSTOOD, message="?")
        if "strange" in request.question:
            return Generation(dialect=Dialect.SQLITE, clarification=asked, generator="listening")
        candidates = (Candidate(sql=OWN, confidence=0.5),)
        return Generation(dialect=Dialect.SQLITE, candidates=candidates, generator="listening")


def _turn(number: int, text: str, dialogue: str | None = "d") -> Question:
    return Question(id=f"q{number}", db="bakery", text=text, golds=(GOLD,), scorable=True, dialogue=dialogue)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (HistorySource.OWN, [Turn(question="How many cakes?", sql=OWN)]),
        (
            HistorySource.GOLD,
            [Turn(question="How many cakes?", sql=GOLD), Turn(question="The strange ones?", sql=GOLD)],
        ),
    ],
)
def test_turns_are_told_with_own_or_reference_answers(
    source: HistorySource, told: list[Turn], databases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = Listening()
    monkeypatch.setattr(database_run, "build_generator", lambda kind: generator)
    texts = ("How many cakes?", "The strange ones?", "And now?")
    turns = [_turn(at, text) for at, text in enumerate(texts)]
    task = DatabaseTask(
        db="bakery",
        file=databases / "bakery" / "bakery.sqlite",
        questions=(*turns, _turn(9, "How many cakes?", "other"), _turn(10, "How many cakes?", None)),
        generator=GeneratorKind.BUILTIN,
        copies=0,
        history=source,
    )
    run_database(task)
    histories = {(each.question, len(each.history)): each.history for each in generator.requests if each.question}
    assert histories["How many cakes?", 0] == ()
    assert list(histories["And now?", len(told)]) == told
    assert all(question != "How many cakes?" or not count for question, count in histories)


def test_only_as_many_turns_are_told_as_the_service_accepts() -> None:
    dialogues = Dialogues(HistorySource.OWN)
    for number in range(MAX_TURNS + 5):
        dialogues.add(_turn(number, f"Question {number}"), "SELECT 1")
    dialogues.add(_turn(99, "Too long"), "x" * 60_000)
    told = dialogues.before(_turn(100, "And now?"))
    assert len(told) == MAX_TURNS
    assert told[-1].question == f"Question {MAX_TURNS + 4}"
