"""Questions with gold SQL on disk, and the examples made of them."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, open_database, parse_uri
from rowcall_sqlgen.engine.index import build_index
from rowcall_sqlgen.parser.features import LEMMA, features
from rowcall_sqlgen.parser.join_trees import JoinTrees
from tools.training.augmentation import bereft, is_foreign, varied
from tools.training.examples import Asked, Example, example, unanswerable
from tools.training.gold import Inexpressible, Symbol, gold_symbols
from tools.training.transfer import Target, target, transferred

NOW = datetime(2025, 6, 16, 12, tzinfo=UTC)
"""What relative dates count from; the anchor of the open question sets."""


class Shares(NamedTuple):
    """Shares of the samples that are asked again: of their database without a column, and of another database."""

    bereft: float
    foreign: float


MOST_TARGETS = 4
"""Databases that are tried for a sample to be asked of."""
LEAST_DATABASES = 6
"""A word is known to the network only if questions about so many databases use it: others tell of one database."""


class Question(BaseModel):
    """A line of a question set; other members are ignored."""

    id: str
    db: str
    question: str
    gold_sql: str | None = None
    executes: bool = True
    missing_data: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A question, its gold SQL, the symbols of that and the example made of them."""

    asked: Asked
    gold: str
    symbols: tuple[Symbol, ...]
    example: Example


@dataclass(frozen=True, slots=True)
class Corpus:
    """The samples, the catalog of each database, and why questions are missing."""

    samples: tuple[Sample, ...]
    catalogs: dict[str, Catalog]
    left_out: Counter[str]


def read_corpus(questions: Path, databases: Path) -> Corpus:
    """Reads all questions that run. Raises `OSError` and `pydantic.ValidationError`."""
    by_database: dict[str, list[Question]] = defaultdict(list)
    for line in questions.read_text(encoding="utf-8").splitlines():
        question = Question.model_validate(json.loads(line))
        if question.executes and not question.missing_data and question.gold_sql:
            by_database[question.db].append(question)
    catalogs = {name: catalog_of(databases / name / f"{name}.sqlite") for name in sorted(by_database)}
    left_out: Counter[str] = Counter()
    found = [s for name, catalog in catalogs.items() for s in _samples(by_database[name], catalog, left_out)]
    return Corpus(tuple(found), catalogs, left_out)


def catalog_of(path: Path) -> Catalog:
    """Profiles a SQLite database as the executor does."""
    path = path.resolve()

    async def introspect() -> Catalog:
        database = open_database(
            parse_uri(f"sqlite:///{path}", AccessPolicy(file_roots=(path.parent,))), now=lambda: NOW
        )
        try:
            return await database.introspect()
        finally:
            await database.close()

    return asyncio.run(introspect())


def varied_examples(samples: Sequence[Sample], random: np.random.Generator) -> Iterator[Example]:
    """Yields the samples asked of other columns and values, where that can be said."""
    for sample in samples:
        index = sample.example.index
        found = varied(sample.asked, sample.symbols, index=index, random=random)
        if found is None:
            continue
        try:
            yield example(*found, index=index, today=NOW.date())
        except Inexpressible:
            continue


def transferred_examples(
    corpus: Corpus, samples: Sequence[Sample], *, rounds: int, random: np.random.Generator
) -> Iterator[Example]:
    """Yields the samples asked of other databases among their own, each at most once in a round."""
    databases = sorted({sample.asked.database for sample in samples})
    targets = [target(database, build_index(corpus.catalogs[database])) for database in databases]
    for sample in [sample for _ in range(rounds) for sample in samples]:
        for at in random.permutation(len(targets))[:MOST_TARGETS]:
            found = _transferred(sample, targets[at], random)
            if found:
                yield found
                break


def _transferred(sample: Sample, to: Target, random: np.random.Generator) -> Example | None:
    found = transferred(sample.asked, sample.symbols, index=sample.example.index, to=to, random=random)
    if found is None or to.database == sample.asked.database:
        return None
    try:
        return example(*found, index=to.index, today=NOW.date())
    except Inexpressible:
        return None


def unanswerable_examples(
    corpus: Corpus, samples: Sequence[Sample], *, shares: Shares, random: np.random.Generator
) -> Iterator[Example]:
    """Yields questions without an answer: of a column that is gone, or put to another database."""
    databases = sorted({sample.asked.database for sample in samples})
    for sample in samples:
        drawn = random.random()
        if drawn < shares.bereft:
            less = bereft(sample.asked, sample.symbols, catalog=corpus.catalogs[sample.asked.database], random=random)
            if less is not None:
                yield unanswerable(sample.asked, index=less, today=NOW.date())
        elif drawn < sum(shares):
            other = databases[int(random.integers(len(databases)))]
            index = build_index(corpus.catalogs[other])
            if other != sample.asked.database and is_foreign(sample.asked, index, corpus.catalogs[other]):
                asked = sample.asked._replace(database=other)
                yield unanswerable(asked, index=index, today=NOW.date())


def feature_numbers(fitted: Iterable[Example]) -> dict[str, int]:
    """Numbers the features of the examples that are fitted on, from 1."""
    databases: dict[str, set[str]] = defaultdict(set)
    for each in fitted:
        for known in features(each.nodes, each.index):
            for feature in known:
                databases[feature].add(each.database)
    kept = [f for f, names in databases.items() if not f.startswith(LEMMA) or len(names) >= LEAST_DATABASES]
    return {feature: number for number, feature in enumerate(sorted(kept), 1)}


def _samples(questions: Sequence[Question], catalog: Catalog, left_out: Counter[str]) -> Iterator[Sample]:
    index = build_index(catalog)
    joins = JoinTrees(index.tables, index.graph)
    for question in questions:
        try:
            symbols = gold_symbols(question.gold_sql or "", index, joins)
            asked = Asked(question.id, question.db, question.question)
            yield Sample(
                asked, question.gold_sql or "", symbols, example(asked, symbols, index=index, today=NOW.date())
            )
        except Inexpressible as reason:
            left_out[str(reason)] += 1
