"""The question file: single questions or dialogues, one a line, recognised by the first line."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

DEFAULT_NOW = datetime(2025, 6, 16, 12, tzinfo=UTC)
"""What relative dates count from where a question names no day: the day at which Defog's data is frozen."""


class BadInput(Exception):
    """The caller's input cannot be used; the message says what, where, and how to mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, or one turn of a dialogue, with its reference answers.

    `golds`: statements of which any may be matched; empty when the data cannot answer. `scorable`: the golds run and
    touch no missing data. `history`: what was said before in the same conversation, oldest first.
    """

    id: str
    db: str
    text: str
    golds: tuple[str, ...]
    scorable: bool
    now: datetime = DEFAULT_NOW
    hardness: str | None = None
    history: tuple[str, ...] = ()
    turn_type: str | None = None
    dialogue: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A file of questions; `sha256` is its version."""

    path: Path
    sha256: str
    questions: tuple[Question, ...]


class _Line(BaseModel):
    """Other members, such as `category` and `source`, are ignored; so are `instructions`: no configuration is used."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class _Gold(_Line):
    gold_sql: str | None
    gold_sql_alternatives: tuple[str, ...] | None = None
    executes: bool | None = True
    missing_data: bool | None = False

    @property
    def golds(self) -> tuple[str, ...]:
        if not self.gold_sql:
            return ()
        return tuple(dict.fromkeys((self.gold_sql, *(self.gold_sql_alternatives or ()))))

    @property
    def scorable(self) -> bool:
        return bool(self.gold_sql and self.executes) and not self.missing_data


class _QuestionLine(_Gold):
    id: str
    db: str
    question: str
    hardness: str | None = None
    anchor_date: datetime | None = None
    context: tuple[str, ...] | None = None


class _Turn(_Gold):
    utterance: str
    type: str | None = None


class _DialogueLine(_Line):
    id: str
    db: str
    turns: tuple[_Turn, ...]


def read_questions(path: Path, databases: Path) -> QuestionSet:
    """Reads a question file; the database of `db` is `<databases>/<db>/<db>.sqlite`.

    Raises:
        BadInput: the file cannot be read, a line is not of the file's shape, an id is repeated or a database missing.
    """
    try:
        raw = path.read_bytes()
        lines = [(i, line) for i, line in enumerate(raw.decode().splitlines(), start=1) if line.strip()]
    except OSError as error:
        raise BadInput(f"{path}: the question file cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path}: the question file is not UTF-8 text.") from error
    if not lines:
        raise BadInput(f"{path}: there is no question in the file.")
    questions = tuple(_questions(path, lines, databases))
    return QuestionSet(path=path, sha256=hashlib.sha256(raw).hexdigest(), questions=questions)


def database_file(databases: Path, db: str) -> Path:
    """Returns where the database of that name lies."""
    return databases / db / f"{db}.sqlite"


def _questions(path: Path, lines: Iterable[tuple[int, str]], databases: Path) -> Iterator[Question]:
    seen: set[str] = set()
    dialogues: bool | None = None
    for number, line in lines:
        place = f"{path}:{number}"
        content = _object(line, place)
        dialogues = "turns" in content if dialogues is None else dialogues
        for question in _of_dialogue(content, place) if dialogues else (_of_line(content, place),):
            if question.id in seen:
                raise BadInput(f"{place}: the id {question.id} stands twice; give every line an id of its own.")
            seen.add(question.id)
            _require_database(question.db, databases, place)
            yield question


def _object(line: str, place: str) -> dict[str, object]:
    try:
        content: object = json.loads(line)
    except ValueError as error:
        raise BadInput(f"{place}: the line is not JSON ({error}); write one JSON object a line.") from error
    if not isinstance(content, dict):
        raise BadInput(f"{place}: the line is not a JSON object.")
    return content


def _of_line(content: dict[str, object], place: str) -> Question:
    try:
        line = _QuestionLine.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{place}: {_faults(error)}") from error
    return Question(
        id=line.id,
        db=line.db,
        text=line.question,
        golds=line.golds,
        scorable=line.scorable,
        now=_noon(line.anchor_date),
        hardness=line.hardness,
        history=line.context or (),
    )


def _of_dialogue(content: dict[str, object], place: str) -> Iterator[Question]:
    try:
        line = _DialogueLine.model_validate(content)
    except ValidationError as error:
        raise BadInput(f"{place}: {_faults(error)}") from error
    said = tuple(turn.utterance for turn in line.turns)
    for i, turn in enumerate(line.turns):
        yield Question(
            id=f"{line.id}#{i + 1}",
            db=line.db,
            text=turn.utterance,
            golds=turn.golds,
            scorable=turn.scorable,
            history=said[:i],
            turn_type=turn.type,
            dialogue=line.id,
        )


def _faults(error: ValidationError) -> str:
    faults = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
    return "; ".join(faults) + "."


def _noon(anchor: datetime | None) -> datetime:
    """A day alone means its noon."""
    if anchor is None:
        return DEFAULT_NOW
    at = anchor if anchor.tzinfo else anchor.replace(tzinfo=UTC)
    return at if at.time() != time() else at.replace(hour=12)


def _require_database(db: str, databases: Path, place: str) -> None:
    file = database_file(databases, db)
    if not file.is_file():
        raise BadInput(f"{place}: unknown database {db!r}; expected the file {file}.")
