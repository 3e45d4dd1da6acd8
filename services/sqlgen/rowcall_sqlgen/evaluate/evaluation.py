"""All databases of a question set, one after the other or in several processes."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context

from rowcall_sqlgen.evaluate.database_run import DatabaseRun, DatabaseTask, run_database
from rowcall_sqlgen.evaluate.questions import Question

Progress = Callable[[str], None]


def by_database(questions: Sequence[Question]) -> dict[str, tuple[Question, ...]]:
    """Returns the questions of each database, in their order."""
    groups: defaultdict[str, list[Question]] = defaultdict(list)
    for question in questions:
        groups[question.db].append(question)
    return {db: tuple(group) for db, group in groups.items()}


def run_all(tasks: Sequence[DatabaseTask], *, jobs: int, progress: Progress) -> list[DatabaseRun]:
    """Returns a run per task, in their order. With one job everything happens in this process.

    Raises:
        BadInput: a database cannot be used, or the generator cannot be built.
    """
    done: dict[str, DatabaseRun] = {}
    for run in _runs(tasks, jobs):
        done[run.db] = run
        scorable = [each for each in run.scored if each.scorable]
        right = sum(each.right for each in scorable)
        progress(f"{len(done)}/{len(tasks)} {run.db}: {right} of {len(scorable)} right")
    return [done[task.db] for task in tasks]


def _runs(tasks: Sequence[DatabaseTask], jobs: int) -> Iterator[DatabaseRun]:
    if jobs == 1:
        yield from map(run_database, tasks)
        return
    # Spawned, not forked: the same on every system, and no thread of ours is copied half-way through its work.
    with ProcessPoolExecutor(max_workers=jobs, mp_context=get_context("spawn")) as pool:
        try:
            for finished in as_completed([pool.submit(run_database, task) for task in tasks]):
                yield finished.result()
        finally:
            pool.shutdown(cancel_futures=True)
