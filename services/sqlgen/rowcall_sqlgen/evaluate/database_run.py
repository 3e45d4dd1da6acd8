"""All questions on one database, in one process: introspect once, build the index once, then ask."""

import asyncio
import logging
import resource
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, Database, DatabaseError, open_database, parse_uri
from rowcall_sqlgen.evaluate.answering import Action, Answer, Answering
from rowcall_sqlgen.evaluate.copies import make_copies
from rowcall_sqlgen.evaluate.dialogues import Dialogues, HistorySource
from rowcall_sqlgen.evaluate.generators import GeneratorKind, build_generator
from rowcall_sqlgen.evaluate.questions import DEFAULT_NOW, BadInput, Question
from rowcall_sqlgen.evaluate.scoring import Scored, score
from rowcall_sqlgen.generator import GenerationRequest, Generator
from rowcall_sqlgen.knowledge.model import NOTHING, Knowledge

_log = logging.getLogger(__name__)
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # getrusage(2): bytes on macOS, kilobytes on Linux


@dataclass(frozen=True, kw_only=True)
class DatabaseTask:
    """What one worker does. `file` is a SQLite database; turns of one dialogue stand in order."""

    db: str
    file: Path
    questions: tuple[Question, ...]
    generator: GeneratorKind
    copies: int
    knowledge: Knowledge = NOTHING
    history: HistorySource = HistorySource.OWN


@dataclass(frozen=True, kw_only=True)
class DatabaseRun:
    """What it found. `index_s`: seconds to build the generator's index. `peak_rss`: bytes."""

    db: str
    introspect_s: float
    index_s: float
    peak_rss: int
    scored: tuple[Scored, ...]


def run_database(task: DatabaseTask) -> DatabaseRun:
    """Runs the task in an event loop of its own.

    Raises:
        BadInput: the file is no database, or the generator cannot be built.
    """
    try:
        return asyncio.run(_run(task))
    except (DatabaseError, sqlite3.Error) as error:
        raise BadInput(f"{task.file}: the database cannot be used: {error}") from error


async def _run(task: DatabaseTask) -> DatabaseRun:
    generator = build_generator(task.generator)
    async with _opened([task.file]) as (database,), _copies(task) as copies:
        started = time.perf_counter()
        catalog = await database.introspect()
        introspect_s = time.perf_counter() - started
        index_s = await _build_index(generator, task, catalog)
        answering = Answering(
            generator,
            database,
            catalog,
            connection_id=task.db,
            knowledge=task.knowledge,
            asks_again=task.generator is not GeneratorKind.LLM,  # which would be paid for, and remembers nothing
        )
        dialogues = Dialogues(task.history)
        scored = [await _scored(question, answering, dialogues, database, copies) for question in task.questions]
    return DatabaseRun(
        db=task.db, introspect_s=introspect_s, index_s=index_s, peak_rss=_peak_rss(), scored=tuple(scored)
    )


async def _scored(
    question: Question, answering: Answering, dialogues: Dialogues, database: Database, copies: Sequence[Database]
) -> Scored:
    try:
        answer, result = await answering(question, dialogues.before(question))
    except Exception as error:  # noqa: BLE001 - one question that breaks a generator must not lose the others
        _log.error("question %s broke the generator: %s", question.id, type(error).__name__)
        answer, result = Answer(action=Action.REFUSE), None
    dialogues.add(question, answer.sql)
    return await score(question, answer, result, original=database, copies=copies)


async def _build_index(generator: Generator, task: DatabaseTask, catalog: Catalog) -> float:
    """Asks an empty question, which needs the index alone, so that the first real one does not wait for it."""
    nothing = GenerationRequest(
        question="", connection_id=task.db, catalog=catalog, max_rows=1, now=DEFAULT_NOW, knowledge=task.knowledge
    )
    started = time.perf_counter()
    await generator.generate(nothing)
    return time.perf_counter() - started


@asynccontextmanager
async def _copies(task: DatabaseTask) -> AsyncIterator[list[Database]]:
    golds = [sql for question in task.questions for sql in question.golds]
    with TemporaryDirectory(prefix="rowcall-copies-") as folder:
        made = make_copies(task.file, Path(folder), count=task.copies, golds=golds)
        async with _opened(made) as databases:
            yield databases


@asynccontextmanager
async def _opened(files: Sequence[Path]) -> AsyncIterator[list[Database]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(_database(file.absolute())) for file in files]


def _database(file: Path) -> Database:
    policy = AccessPolicy(file_roots=(file.resolve().parent,))
    return open_database(parse_uri(f"sqlite:///{file.resolve()}", policy), now=lambda: DEFAULT_NOW)


def _peak_rss() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT
