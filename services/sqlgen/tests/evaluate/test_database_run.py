"""All questions on one database, with a generator that fails at some."""

import logging
from pathlib import Path

import pytest

from rowcall_contracts.candidates import Candidate, Generation
from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.evaluate import database_run
from rowcall_sqlgen.evaluate.database_run import DatabaseTask, run_database
from rowcall_sqlgen.evaluate.generators import GeneratorKind
from rowcall_sqlgen.evaluate.questions import Question
from rowcall_sqlgen.evaluate.scoring import Cause
from rowcall_sqlgen.generator import GenerationRequest

COUNT = "SELECT count(*) FROM cake"


class Fragile:
    """Breaks at one word."""

    async def generate(self, request: GenerationRequest) -> Generation:
        if "secret" in request.question:
            raise ValueError(request.question)
        candidates = (Candidate(sql=COUNT, confidence=0.5),)
        return Generation(dialect=Dialect.SQLITE, candidates=candidates, generator="fragile")


def test_a_question_that_breaks_the_generator_is_counted_and_the_others_go_on(
    databases: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database_run, "build_generator", lambda kind: Fragile())
    texts = ("How many cakes?", "The secret one?", "Cakes, how many?")
    task = DatabaseTask(
        db="bakery",
        file=databases / "bakery" / "bakery.sqlite",
        questions=tuple(
            Question(id=f"q{i}", db="bakery", text=text, golds=(COUNT,), scorable=True) for i, text in enumerate(texts)
        ),
        generator=GeneratorKind.BUILTIN,
        copies=1,
    )
    with caplog.at_level(logging.ERROR):
        run = run_database(task)
    assert [each.cause for each in run.scored] == [None, Cause.CRASHED, None]
    assert [each.right_on_copies for each in run.scored] == [True, False, True]
    assert caplog.messages == ["question q1 broke the generator: ValueError"]
    assert run.index_s > 0
