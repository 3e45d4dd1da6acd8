"""`python -m tools.training.calibration`: learns how far to trust proposals about databases the parser never saw."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rowcall_databases import AccessPolicy, Database, open_database, parse_uri
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.evidence import Evidence, Understanding, weigh
from rowcall_sqlgen.builtin.rewording import reworded
from rowcall_sqlgen.builtin.shown_names import shown_in_proposal
from rowcall_sqlgen.builtin.trust import UNTRUSTING, save_trust
from rowcall_sqlgen.engine.focus import focused
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.evaluate.equality import Table, equal
from rowcall_sqlgen.evaluate.executing import run_plain
from rowcall_sqlgen.evaluate.parsing import is_ordered
from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.parser.parser import SemanticParser
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import SentenceEncoder, model_folder
from rowcall_sqlgen.parser.weights import load
from tools.training.boosting import fit_trust
from tools.training.corpus import NOW, Corpus, Sample, Shares, read_corpus, unanswerable_examples
from tools.training.halves import HALVES, half_of

TIMEOUT_S = 5.0

UNANSWERABLE = Shares(bereft=0.5, foreign=0.3)
"""Of the questions about databases that the shipped parser never saw."""
UNANSWERABLE_OF_HALVES = Shares(bereft=0.15, foreign=0.1)
"""Of the others, which are ten times as many."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One proposal: the evidence, and whether its result is the reference's."""

    evidence: Evidence
    right: bool


def main() -> None:
    """Reads the corpus, asks the parser, and writes the file."""
    options = _options()
    corpus = read_corpus(options.questions, options.databases)
    folds = {fold: [s for s in corpus.samples if fold_of(s.asked.database) is fold] for fold in Fold}
    if not folds[Fold.CALIBRATE]:
        sys.exit(f"{options.questions}: none of its databases is in the fold `{Fold.CALIBRATE}` (evaluate/split.py).")
    judging = _Judging(corpus, options.databases)
    judged = judging.of(folds[Fold.CALIBRATE], options.parser, UNANSWERABLE)
    for half, parser in zip(HALVES, options.halves, strict=True):
        others = [sample for sample in folds[Fold.FIT] if half_of(sample.asked.database) != half]
        judged += judging.of(others, parser, UNANSWERABLE_OF_HALVES)
    trust = fit_trust([each.evidence for each in judged], [each.right for each in judged])
    save_trust(trust, options.out)
    sys.stdout.write(f"{sum(each.right for each in judged)} of {len(judged)} proposals are right\n")


class _Judging:
    """Asks parsers questions about databases that they never saw, and looks whether what they propose is right."""

    def __init__(self, corpus: Corpus, databases: Path) -> None:
        self._corpus = corpus
        self._databases = databases
        self._encoder = SentenceEncoder(model_folder())

    def of(self, samples: Sequence[Sample], parser: Path, shares: Shares) -> list[Judged]:
        """Returns every proposal for the questions, and for a share of others that have no answer."""
        answering = Answering(SemanticParser(load(parser), self._encoder, Search()), UNTRUSTING)
        return [
            *asyncio.run(_judged_all(samples, answering, self._databases)),
            *_unanswerable(self._corpus, samples, answering, shares=shares),
        ]


async def _judged_all(samples: Sequence[Sample], answering: Answering, databases: Path) -> list[Judged]:
    found: list[Judged] = []
    opened: dict[str, Database] = {}
    try:
        for sample in samples:
            name = sample.asked.database
            if name not in opened:
                opened[name] = _opened(databases / name / f"{name}.sqlite")
            found.extend([each async for each in _judged(sample, answering, opened[name])])
    finally:
        for database in opened.values():
            await database.close()
    return found


async def _judged(sample: Sample, answering: Answering, database: Database) -> AsyncIterator[Judged]:
    gold = await _rows(sample.gold, database)
    if gold is None:
        return
    index = focused(words(sample.asked.text), sample.example.index)
    understood = _understood(words(sample.asked.text), index, answering)
    for proposal, evidence in zip(understood.proposals, weigh(understood), strict=True):
        rows = await _rows(shown_in_proposal(proposal, understood.question, index).sql, database)
        right = rows is not None and equal(gold, rows, ordered=is_ordered(sample.gold))
        yield Judged(evidence, right)


def _unanswerable(
    corpus: Corpus, samples: Sequence[Sample], answering: Answering, *, shares: Shares
) -> Iterator[Judged]:
    for each in unanswerable_examples(corpus, samples, shares=shares, random=np.random.default_rng(1)):
        understood = _understood(each.nodes.words, focused(each.nodes.words, each.index), answering)
        yield from (Judged(evidence, right=False) for evidence in weigh(understood))


def _understood(question: tuple[Word, ...], index: SchemaIndex, answering: Answering) -> Understanding:
    asked = reworded(question, index)
    return answering.understand(asked, answering.read(asked, index, NOW.date()), index, today=NOW.date())


async def _rows(sql: str, database: Database) -> Table | None:
    result = (await run_plain(sql, database, timeout_s=TIMEOUT_S)).result
    return None if result is None or result.truncated else Table(width=len(result.columns), rows=result.rows)


def _opened(path: Path) -> Database:
    return open_database(
        parse_uri(f"sqlite:///{path.resolve()}", AccessPolicy(file_roots=(path.resolve().parent,))), now=lambda: NOW
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.training.calibration", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--databases", type=Path, required=True)
    parser.add_argument("--parser", type=Path, required=True, help="the trained parser")
    parser.add_argument("--halves", type=Path, nargs=len(HALVES), required=True, help="parsers trained with --half")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
