"""The words of a schema's names, counted once per index: what the tables of a large schema are ranked by."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rowcall_contracts.catalog import Table
from rowcall_sqlgen.engine.identifiers import identifier_words, spelled_words
from rowcall_sqlgen.engine.joins import JoinGraph
from rowcall_sqlgen.engine.listed_people import people_in
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.words import words

Floats = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int32]

LEAST_STEM = 4
_ENDINGS = (
    *("ization", "isation", "ations", "ation", "ments", "ment", "ings", "ing"),
    *("ers", "er", "ors", "or", "ees", "ee", "ed", "al", "e", "y"),
)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of tables or of columns, by position.

    `tables`: the position of the table that each name belongs to. `lengths`: words of each name. `holders`: the names
    that have a word; `ends`: those whose last word it is, which says what kind of thing is named.
    """

    tables: Positions
    lengths: Floats
    holders: Mapping[str, Positions]
    ends: Mapping[str, Positions]


@dataclass(frozen=True, slots=True)
class TableWords:
    """All names of a schema. Tables have positions in the catalog's order, columns run through all tables.

    `described`: the tables whose descriptions, or those of whose columns, have a word, or that list such people.
    `refers`: whether each column refers to another table. `widths`: columns of each table. `near` and `far`: pairs of
    tables that a key joins, each in both directions. `related`: the words of names that share a stem.
    """

    positions: Mapping[str, int]
    names: Names
    columns: Names
    described: Mapping[str, Positions]
    refers: npt.NDArray[np.bool_]
    widths: Floats
    near: Positions
    far: Positions
    related: Mapping[str, tuple[str, ...]]


def table_words(tables: Mapping[str, Table], graph: JoinGraph, *, declared: JoinGraph) -> TableWords:
    """Counts the words of all names. `declared`: the keys without those that were inferred."""
    columns = [ColumnRef(table.name, column.name) for table in tables.values() for column in table.columns]
    positions = {name: at for at, name in enumerate(tables)}
    steps = [(positions[near], positions[far]) for near, far in _joined(tables, graph, declared)]
    pairs = np.array([*steps, *((far, near) for near, far in steps)], dtype=np.int32).reshape(-1, 2)
    names = _names(list(tables), list(positions.values()))
    named = _names([ref.column for ref in columns], [positions[ref.table] for ref in columns])
    return TableWords(
        positions=positions,
        names=names,
        columns=named,
        described=_by_word(_descriptions(table) for table in tables.values()),
        refers=np.array([graph.parent_of(ref) is not None for ref in columns], dtype=np.bool_),
        widths=np.array([len(table.columns) for table in tables.values()], dtype=np.float32),
        near=pairs[:, 0].copy(),
        far=pairs[:, 1].copy(),
        related=_related({*names.holders, *named.holders}),
    )


def _joined(tables: Iterable[str], graph: JoinGraph, declared: JoinGraph) -> Iterator[tuple[str, str]]:
    """Yields the pairs of tables that declared keys join, and inferred ones where neither table declares any.

    Where keys are declared, inferred ones rather tell of copies: in a warehouse they join nearly everything.
    """
    pairs = {(step.near, step.far): None for name in tables for step in declared.parents(name)}
    keyed = {name for pair in pairs for name in pair}
    yield from pairs
    for step in (step for name in tables for step in graph.parents(name)):
        if keyed.isdisjoint((step.near, step.far)):
            yield step.near, step.far


def stem(word: str) -> str:
    """Returns a word without its ending, so that `advising` meets `advisor`: cruder than a lemma."""
    endings = (ending for ending in _ENDINGS if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM)
    return word.removesuffix(next(endings, ""))


def _names(names: Sequence[str], tables: Sequence[int]) -> Names:
    spelled = [spelled_words(name) for name in names]
    return Names(
        tables=np.array(tables, dtype=np.int32),
        lengths=np.array([max(1, len(set(each))) for each in spelled], dtype=np.float32),
        holders=_by_word((*each, *identifier_words(name)) for each, name in zip(spelled, names, strict=True)),
        ends=_by_word(each[-1:] for each in spelled),
    )


def _by_word(names: Iterable[Iterable[str]]) -> dict[str, Positions]:
    found: dict[str, dict[int, None]] = defaultdict(dict)
    for at, name in enumerate(names):
        for word in name:
            found[word][at] = None
    return {word: np.array(list(holders), dtype=np.int32) for word, holders in found.items()}


def _descriptions(table: Table) -> Iterator[str]:
    yield from people_in(table)
    for text in (table.description, *(column.description for column in table.columns)):
        yield from (word.lemma for word in words(text or ""))


def _related(known: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(known):
        if len(word) >= LEAST_STEM:
            found[stem(word)].append(word)
    return {each: tuple(words_of_it) for each, words_of_it in found.items()}
