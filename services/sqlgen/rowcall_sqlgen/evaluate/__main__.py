"""Measures a generator: `python -m rowcall_sqlgen.evaluate --questions FILE --databases DIR --out FILE ...`."""

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rowcall_sqlgen.evaluate.database_run import DatabaseTask
from rowcall_sqlgen.evaluate.dialogues import HistorySource
from rowcall_sqlgen.evaluate.evaluation import by_database, run_all
from rowcall_sqlgen.evaluate.generators import GeneratorKind
from rowcall_sqlgen.evaluate.predictions import prediction_lines
from rowcall_sqlgen.evaluate.questions import BadInput, Question, database_file, read_questions
from rowcall_sqlgen.evaluate.request import EvaluationRequest
from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.evaluate.summary import summarize
from rowcall_sqlgen.evaluate.summary_table import summary_table
from rowcall_sqlgen.knowledge.file import BadKnowledge, read_knowledge
from rowcall_sqlgen.knowledge.model import NOTHING

BAD_INPUT = 2
BOTH_FOLDS = "all"


def main(arguments: Sequence[str], *, now: datetime) -> int:
    """Runs one evaluation; returns the exit status. With bad input nothing is written."""
    given = _parser().parse_args(arguments)
    try:
        evaluate(_request(given), now=now)
    except (BadInput, BadKnowledge) as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    return 0


def evaluate(request: EvaluationRequest, *, now: datetime) -> None:
    """Asks all questions, writes both files and prints the summary.

    Raises:
        BadInput: questions, databases, settings or the places of the files cannot be used.
    """
    _require_folders(request.out, request.predictions)
    read = read_questions(request.questions, request.databases)
    questions = _selected(read.questions, request)
    runs = run_all(_tasks(questions, request), jobs=request.jobs, progress=_say)
    scored = {each.question.id: each for run in runs for each in run.scored}
    report = summarize(request, runs, version=read.sha256, now=now)
    request.predictions.write_text(prediction_lines(scored[question.id] for question in questions), encoding="utf-8")
    request.out.write_text(f"{report.model_dump_json(indent=2)}\n", encoding="utf-8")
    sys.stdout.write(summary_table(report))


def _selected(questions: Sequence[Question], request: EvaluationRequest) -> Sequence[Question]:
    kept = [question for question in questions if request.fold is None or fold_of(question.db) is request.fold]
    if not kept:
        raise BadInput(f"{request.questions}: no question lies in the fold {request.fold}.")
    return kept[: request.limit]


def _tasks(questions: Sequence[Question], request: EvaluationRequest) -> list[DatabaseTask]:
    return [
        DatabaseTask(
            db=db,
            file=database_file(request.databases, db),
            questions=group,
            generator=request.generator,
            copies=request.copies,
            knowledge=request.knowledge,
            history=request.history,
        )
        for db, group in by_database(questions).items()
    ]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _require_folders(*files: Path) -> None:
    for file in files:
        if not file.absolute().parent.is_dir():
            raise BadInput(f"{file}: there is no folder {file.parent}; make it first.")


def _request(given: Namespace) -> EvaluationRequest:
    return EvaluationRequest(
        questions=given.questions,
        databases=given.databases,
        generator=GeneratorKind(given.generator),
        copies=given.copies,
        jobs=given.jobs,
        fold=None if given.fold == BOTH_FOLDS else Fold(given.fold),
        limit=given.limit,
        knowledge=read_knowledge(given.knowledge) if given.knowledge else NOTHING,
        history=HistorySource(given.history),
        out=given.out,
        predictions=given.predictions,
    )


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m rowcall_sqlgen.evaluate", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True, help="JSON lines: questions or dialogues")
    parser.add_argument("--databases", type=Path, required=True, help="folder of <db>/<db>.sqlite")
    parser.add_argument("--generator", choices=[*GeneratorKind], default=GeneratorKind.BUILTIN)
    parser.add_argument("--copies", type=_count(0), default=0, help="changed copies of each database (TS-K)")
    parser.add_argument("--jobs", type=_count(1), default=1, help="processes; latencies count with 1 alone")
    parser.add_argument("--fold", choices=[*Fold, BOTH_FOLDS], default=BOTH_FOLDS, help="part of the databases")
    parser.add_argument("--limit", type=_count(1), help="ask at most so many questions or turns")
    parser.add_argument("--knowledge", type=Path, help="YAML file of pairs, terms and instructions")
    parser.add_argument(
        "--history", choices=[*HistorySource], default=HistorySource.OWN, help="SQL told of earlier turns"
    )
    parser.add_argument("--out", type=Path, required=True, help="where the report goes (JSON)")
    parser.add_argument("--predictions", type=Path, required=True, help="where the predictions go (JSON lines)")
    return parser


def _count(least: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise ArgumentTypeError(f"{text!r} is no whole number of at least {least}")
        return number

    return parse


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], now=datetime.now(UTC)))
