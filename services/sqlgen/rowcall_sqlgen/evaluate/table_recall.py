"""How often the tables that a question needs are among the first ones of a ranking."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from rowcall_sqlgen.evaluate.parsing import parsed
from rowcall_sqlgen.evaluate.questions import Question
from rowcall_sqlgen.evaluate.summary import percentile
from rowcall_sqlgen.evaluate.warehouse import Warehouse

Ranking = Callable[[str], Sequence[str]]
DEPTHS = (1, 5, 10, 16)


@dataclass(frozen=True, slots=True)
class Needed:
    """A question and the tables of its first gold statement. `clashing`: another database has one of the names."""

    text: str
    tables: frozenset[str]
    clashing: bool


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where the tables of one question were found, from 0 on; `None`: nowhere. `ms`: time of the process."""

    needed: Needed
    places: tuple[int | None, ...]
    ms: float

    def within(self, depth: int) -> int:
        """Returns how many of the tables are among the first so many."""
        return sum(place is not None and place < depth for place in self.places)


def needed_tables(question: Question, warehouse: Warehouse) -> Needed | None:
    """Returns what the question needs; `None` without a gold statement that reads tables known to its database."""
    tree = parsed(question.golds[0]) if question.golds else None
    if tree is None:
        return None
    named = {table.name.lower() for table in tree.find_all(exp.Table)} - {
        common.alias.lower() for common in tree.find_all(exp.CTE)
    }
    found = {name: warehouse.names.get((question.db, name)) for name in named}
    tables = frozenset(name for name in found.values() if name is not None)
    if not found or len(tables) < len(found):
        return None
    clashing = any(name is not None and name.lower() != own for own, name in found.items())
    return Needed(question.text, tables, clashing)


def ranked(asked: Iterable[Needed], ranking: Ranking) -> list[Ranked]:
    """Ranks the tables for each question."""
    return [_ranked(needed, ranking) for needed in asked]


def _ranked(needed: Needed, ranking: Ranking) -> Ranked:
    started = time.process_time()
    order = ranking(needed.text)
    ms = (time.process_time() - started) * 1_000
    place = {name: at for at, name in enumerate(order)}
    return Ranked(needed, tuple(place.get(name) for name in sorted(needed.tables)), ms)


def recall_table(results: Sequence[Ranked]) -> str:
    """Returns the figures as text: questions all of whose tables were found, and tables found, by depth."""
    unclashing = [each for each in results if not each.needed.clashing]
    heading = f"{'first':>6} {'questions':>10} {'tables':>8} {'questions without clashing names':>34}\n"
    lines = (
        f"{depth:>6} {_questions(results, depth):>10} {_tables(results, depth):>8} "
        f"{_questions(unclashing, depth):>34}\n"
        for depth in DEPTHS
    )
    counts = f"questions: {len(results)}, of which without clashing names: {len(unclashing)}\n"
    ms = [each.ms for each in results]
    times = f"ranking: p50 {percentile(ms, 50):.1f} ms, p95 {percentile(ms, 95):.1f} ms\n"
    return f"{counts}{heading}{''.join(lines)}{times}"


def _questions(results: Sequence[Ranked], depth: int) -> str:
    return _share(sum(each.within(depth) == len(each.places) for each in results), len(results))


def _tables(results: Sequence[Ranked], depth: int) -> str:
    return _share(sum(each.within(depth) for each in results), sum(len(each.places) for each in results))


def _share(found: int, of: int) -> str:
    return f"{found / of:.1%}" if of else "-"
