"""Which tables of a catalog a prompt is to show, most needed first, and how they are joined."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Path
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.llm.data_text import is_plain_name

MOST_SEEDS = 8
"""Tables whose connections are looked for; questions that need more tables than this are rare."""
_SEED_SHARE = 0.5
_MOST_WAYS = 2


@dataclass(frozen=True, slots=True)
class JoinCondition:
    """How two tables meet: `text` is SQL without quotes, to be read by a model."""

    tables: frozenset[str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """All tables, most needed first, how many of them are needed, and how those are joined."""

    tables: tuple[str, ...]
    needed: int
    joins: tuple[JoinCondition, ...]


def select_tables(question: str, index: SchemaIndex, *, named: Sequence[str] = ()) -> Selection:
    """Ranks the tables for a question; `named` are tables that are needed whatever the question says.

    First the tables that the question names, then those that join them (bridge tables), then the others as they are
    ranked, then the rest with many references first: they are the hubs of a schema.
    """
    scores = ranked_tables(words(question), index)
    seeds = _seeds(scores, [table for table in named if table in index.tables])
    paths = _paths(seeds, index)
    needed = dict.fromkeys((*seeds, *(table for path in paths for step in path for table in (step.near, step.far))))
    rest = sorted(index.tables, key=lambda table: -len(index.tables[table].foreign_keys))
    return Selection(
        tables=tuple(dict.fromkeys((*needed, *scores, *rest))),
        needed=len(needed),
        joins=tuple(dict.fromkeys(condition for path in paths for condition in _conditions(path))),
    )


def _seeds(scores: Mapping[str, float], named: Sequence[str]) -> tuple[str, ...]:
    best = max(scores.values(), default=0.0)
    likely = [table for table, score in scores.items() if score >= _SEED_SHARE * best]
    return tuple(dict.fromkeys((*named, *likely)))[:MOST_SEEDS]


def _paths(seeds: Sequence[str], index: SchemaIndex) -> list[Path]:
    return [path for one, other in combinations(seeds, 2) for path in _between(one, other, index)]


def _between(one: str, other: str, index: SchemaIndex) -> tuple[Path, ...]:
    """Returns the shortest ways; a way up to a common parent and down again is found from neither end."""
    return (index.graph.paths(one, other) or index.graph.paths(other, one))[:_MOST_WAYS]


def _conditions(path: Path) -> tuple[JoinCondition, ...]:
    return tuple(
        JoinCondition(frozenset({step.near, step.far}), f"{step.near}.{near} = {step.far}.{far}")
        for step in (each if each.to_parent else each.reversed() for each in path)
        for near, far in zip(step.near_columns, step.far_columns, strict=True)
        if is_plain_name(near) and is_plain_name(far)
    )
