"""What stored pairs gain: `python -m rowcall_sqlgen.evaluate.stored_pairs --questions FILE --databases DIR --out FILE`.

A part of the questions is stored with its answers. The rest is asked without and with them, and so is the stored part.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pydantic import ValidationError

from rowcall_contracts.base import Stored
from rowcall_sqlgen.evaluate.answering import Action
from rowcall_sqlgen.evaluate.database_run import DatabaseTask
from rowcall_sqlgen.evaluate.evaluation import by_database, run_all
from rowcall_sqlgen.evaluate.generators import GeneratorKind
from rowcall_sqlgen.evaluate.questions import BadInput, Question, database_file, read_questions
from rowcall_sqlgen.evaluate.scoring import Scored
from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge, Pair
from rowcall_sqlgen.knowledge.questions import normal_question

BAD_INPUT = 2


class Part(Stored):
    """Scorable questions: how many were answered, and rightly."""

    asked: int
    answered: int
    right: int
    ex: float | None
    precision: float | None


class StoredPairsReport(Stored):
    """`stored_wrong`: ids of stored questions that were answered otherwise than stored, or not at all."""

    generator: str
    fold: str | None
    limit: int | None
    percent: int
    seed: int
    rest_without: Part
    rest_with: Part
    stored: Part
    stored_wrong: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Request:
    questions: Path
    databases: Path
    generator: GeneratorKind
    fold: Fold | None
    limit: int | None
    percent: int
    seed: int
    jobs: int
    out: Path


def main(arguments: Sequence[str]) -> int:
    """Runs the comparison; returns the exit status."""
    request = _request(arguments)
    try:
        report = compare(request)
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    request.out.write_text(f"{report.model_dump_json(indent=2)}\n", encoding="utf-8")
    for name, part in (
        ("rest without", report.rest_without),
        ("rest with", report.rest_with),
        ("stored", report.stored),
    ):
        sys.stdout.write(f"{name:13} {part.right:5} of {part.asked:5} right, {part.answered:5} answered\n")
    return 0


def compare(request: _Request) -> StoredPairsReport:
    """Asks all questions.

    Raises:
        BadInput: questions, databases or settings cannot be used, or there are more pairs than a file may hold.
    """
    asked = _selected(request)
    stored, rest = divided(asked, percent=request.percent, seed=request.seed)
    knowledge = _knowledge(stored)
    without = _scored(rest, NOTHING, request)
    with_pairs = _scored(rest, knowledge, request)
    known = _scored(stored, knowledge, request)
    return StoredPairsReport(
        generator=request.generator.value,
        fold=request.fold,
        limit=request.limit,
        percent=request.percent,
        seed=request.seed,
        rest_without=_part(without),
        rest_with=_part(with_pairs),
        stored=_part(known),
        stored_wrong=tuple(each.question.id for each in known if each.scorable and not each.right),
    )


def divided(
    questions: Sequence[Question], *, percent: int, seed: int
) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """Returns the stored questions and the rest, among which none is the same question as a stored one."""
    count = round(len(questions) * percent / 100)
    chosen = Random(seed).sample(range(len(questions)), count)  # noqa: S311 - no secret
    stored = {
        (questions[at].db, normal_question(questions[at].text)): questions[at] for at in sorted(chosen, reverse=True)
    }
    rest = [each for each in questions if (each.db, normal_question(each.text)) not in stored]
    return tuple(stored.values()), tuple(rest)


def _selected(request: _Request) -> list[Question]:
    read = read_questions(request.questions, request.databases).questions
    kept = [each for each in read if request.fold is None or fold_of(each.db) is request.fold][: request.limit]
    scorable = [each for each in kept if each.scorable and each.golds and not each.dialogue]
    if not scorable:
        raise BadInput(f"{request.questions}: no single question with an answer lies in the fold {request.fold}.")
    return scorable


def _knowledge(stored: Sequence[Question]) -> Knowledge:
    try:
        pairs = tuple(Pair(question=each.text, sql=each.golds[0], connection=each.db) for each in stored)
        return Knowledge(pairs=pairs)
    except ValidationError as error:
        faults = "; ".join(fault["msg"] for fault in error.errors(include_input=False))
        raise BadInput(f"--percent, --limit: the questions cannot be stored as pairs ({faults}).") from error


def _scored(questions: Sequence[Question], knowledge: Knowledge, request: _Request) -> list[Scored]:
    tasks = [
        DatabaseTask(
            db=db,
            file=database_file(request.databases, db),
            questions=group,
            generator=request.generator,
            copies=0,
            knowledge=knowledge,
        )
        for db, group in by_database(questions).items()
    ]
    return [each for run in run_all(tasks, jobs=request.jobs, progress=_say) for each in run.scored]


def _part(scored: Sequence[Scored]) -> Part:
    scorable = [each for each in scored if each.scorable]
    right = sum(each.right for each in scorable)
    answered = sum(each.answer.action is Action.ANSWER for each in scorable)
    return Part(
        asked=len(scorable),
        answered=answered,
        right=right,
        ex=right / len(scorable) if scorable else None,
        precision=right / answered if answered else None,
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _request(arguments: Sequence[str]) -> _Request:
    parser = ArgumentParser(prog="python -m rowcall_sqlgen.evaluate.stored_pairs", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines: questions with their answers")
    parser.add_argument("--databases", type=Path, required=True, help="folder of <db>/<db>.sqlite")
    parser.add_argument("--generator", choices=[*GeneratorKind], default=GeneratorKind.BUILTIN)
    parser.add_argument("--fold", choices=[*Fold, "all"], default="all", help="part of the databases")
    parser.add_argument("--limit", type=int, help="take the first so many questions")
    parser.add_argument("--percent", type=int, default=20, choices=range(1, 100), metavar="1..99", help="stored part")
    parser.add_argument("--seed", type=int, default=1, help="another number stores other questions")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, required=True, help="where the report goes (JSON)")
    given = parser.parse_args(arguments)
    return _Request(
        questions=given.questions,
        databases=given.databases,
        generator=GeneratorKind(given.generator),
        fold=None if given.fold == "all" else Fold(given.fold),
        limit=given.limit,
        percent=given.percent,
        seed=given.seed,
        jobs=given.jobs,
        out=given.out,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
