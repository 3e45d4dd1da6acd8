"""Questions with gold SQL on disk, and the examples made of them."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from rowcall_databases import AccessPolicy, open_database, parse_uri
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.parser.features import LEMMA, features
from rowcall_sqlgen.parser.join_trees import JoinTrees
from tools.training.examples import Asked, Example, example
from tools.training.gold import Inexpressible, gold_symbols

NOW = datetime(2025, 6, 16, 12, tzinfo=UTC)
"""What relative dates count from; the anchor of the open question sets."""
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
class Corpus:
    """The examples, the index of each database, and why questions are missing."""

    examples: tuple[Example, ...]
    indexes: dict[str, SchemaIndex]
    left_out: Counter[str]


def read_corpus(questions: Path, databases: Path) -> Corpus:
    """Reads all questions that run. Raises `OSError` and `pydantic.ValidationError`."""
    by_database: dict[str, list[Question]] = defaultdict(list)
    for line in questions.read_text(encoding="utf-8").splitlines():
        question = Question.model_validate(json.loads(line))
        if question.executes and not question.missing_data and question.gold_sql:
            by_database[question.db].append(question)
    indexes = {name: index_of(databases / name / f"{name}.sqlite") for name in sorted(by_database)}
    left_out: Counter[str] = Counter()
    found = [e for name, index in indexes.items() for e in _examples(by_database[name], index, left_out)]
    return Corpus(tuple(found), indexes, left_out)


def index_of(path: Path) -> SchemaIndex:
    """Profiles a SQLite database as the executor does, and indexes it."""

    async def introspect() -> SchemaIndex:
        database = open_database(
            parse_uri(f"sqlite:///{path}", AccessPolicy(file_roots=(path.parent,))), now=lambda: NOW
        )
        try:
            return build_index(await database.introspect())
        finally:
            await database.close()

    return asyncio.run(introspect())


def feature_numbers(corpus: Corpus, fitted: Iterable[Example]) -> dict[str, int]:
    """Numbers the features of the examples that are fitted on, from 1."""
    databases: dict[str, set[str]] = defaultdict(set)
    for each in fitted:
        for known in features(each.nodes, corpus.indexes[each.database]):
            for feature in known:
                databases[feature].add(each.database)
    kept = [f for f, names in databases.items() if not f.startswith(LEMMA) or len(names) >= LEAST_DATABASES]
    return {feature: number for number, feature in enumerate(sorted(kept), 1)}


def _examples(questions: Sequence[Question], index: SchemaIndex, left_out: Counter[str]) -> Iterator[Example]:
    joins = JoinTrees(index.tables, index.graph)
    for question in questions:
        try:
            symbols = gold_symbols(question.gold_sql or "", index, joins)
            asked = Asked(question.id, question.db, question.question)
            yield example(asked, symbols, index=index, today=NOW.date())
        except Inexpressible as reason:
            left_out[str(reason)] += 1
