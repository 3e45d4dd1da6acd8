"""`python -m tools.training.calibration`: learns how far to trust proposals about databases the parser never saw."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rowcall_databases import AccessPolicy, Database, open_database, parse_uri
from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.builtin.evidence import Evidence, Understanding, weigh
from rowcall_sqlgen.builtin.trust import Trust, save_trust
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.reading import readings
from rowcall_sqlgen.engine.words import Word, words
from rowcall_sqlgen.evaluate.equality import Table, equal
from rowcall_sqlgen.evaluate.executing import run_plain
from rowcall_sqlgen.evaluate.parsing import is_ordered
from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.parser.parser import SemanticParser
from rowcall_sqlgen.parser.search import Search
from rowcall_sqlgen.parser.sentence_encoder import SentenceEncoder, model_folder
from rowcall_sqlgen.parser.weights import load
from tools.training.corpus import NOW, Corpus, Sample, Shares, read_corpus, unanswerable_examples

PENALTY = 30.0
"""Of the squares of the weights, over standardized evidence: a handful of databases is little to learn from."""
STEPS = 30
TIMEOUT_S = 5.0

UNANSWERABLE = Shares(bereft=0.5, foreign=0.3)

NO_TRUST = Trust(weights={}, bias=0.0)


@dataclass(frozen=True, slots=True)
class Judged:
    """One proposal: the evidence, and whether its result is the reference's. `question`: equal for rivals."""

    question: str
    evidence: Evidence
    right: bool


def main() -> None:
    """Reads the corpus, asks the parser, and writes the file."""
    options = _options()
    corpus = read_corpus(options.questions, options.databases)
    samples = [sample for sample in corpus.samples if fold_of(sample.asked.database) is Fold.CALIBRATE]
    if not samples:
        sys.exit(f"{options.questions}: none of its databases is in the fold `{Fold.CALIBRATE}` (evaluate/split.py).")
    parser = SemanticParser(load(options.parser), SentenceEncoder(model_folder()), Search())
    answering = Answering(parser, NO_TRUST)
    judged = [
        *asyncio.run(_judged_all(samples, answering, options.databases)),
        *_unanswerable(corpus, samples, answering),
    ]
    if options.keep:
        lines = (json.dumps([each.question, dict(each.evidence), each.right]) for each in judged)
        options.keep.write_text("\n".join(lines), encoding="utf-8")
    trust = fit_trust([each.evidence for each in judged], [each.right for each in judged])
    save_trust(trust, options.out)
    sys.stdout.write(_described(trust, judged))


def fit_trust(evidence: Sequence[Evidence], right: Sequence[bool]) -> Trust:
    """Fits a logistic regression by Newton's method, with a quadratic penalty on all but the constant."""
    names = sorted(set().union(*evidence))
    raw = np.array([[each.get(name, 0.0) for name in names] for each in evidence])
    means, scales = raw.mean(0), raw.std(0)
    scales[scales == 0] = 1.0
    inputs = np.hstack([(raw - means) / scales, np.ones((len(raw), 1))])
    weights = _newton(inputs, np.array(right, float))
    slopes = weights[:-1] / scales
    bias = float(weights[-1] - (slopes * means).sum())
    return Trust(weights={name: round(float(slope), 6) for name, slope in zip(names, slopes, strict=True)}, bias=bias)


def _newton(inputs: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.zeros(inputs.shape[1])
    penalty = np.full(inputs.shape[1], PENALTY)
    penalty[-1] = 0.0
    for _ in range(STEPS):
        expected = 1 / (1 + np.exp(-(inputs @ weights)))
        gradient = inputs.T @ (expected - right) + penalty * weights
        curvature = (inputs * (expected * (1 - expected))[:, None]).T @ inputs + np.diag(penalty + 1e-9)
        weights = weights - np.linalg.solve(curvature, gradient)
    return weights


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
    understood = _understood(words(sample.asked.text), sample.example.index, answering)
    for proposal, evidence in zip(understood.proposals, weigh(understood), strict=True):
        rows = await _rows(proposal.sql, database)
        right = rows is not None and equal(gold, rows, ordered=is_ordered(sample.gold))
        yield Judged(sample.asked.id, evidence, right)


def _unanswerable(corpus: Corpus, samples: Sequence[Sample], answering: Answering) -> Iterator[Judged]:
    for each in unanswerable_examples(corpus, samples, shares=UNANSWERABLE, random=np.random.default_rng(1)):
        understood = _understood(each.nodes.words, each.index, answering)
        yield from (Judged(f"no {each.question_id}", evidence, False) for evidence in weigh(understood))


def _understood(question: tuple[Word, ...], index: SchemaIndex, answering: Answering) -> Understanding:
    return answering.understand(question, readings(question, index, NOW.date()), index, today=NOW.date())


async def _rows(sql: str, database: Database) -> Table | None:
    result = (await run_plain(sql, database, timeout_s=TIMEOUT_S)).result
    return None if result is None or result.truncated else Table(width=len(result.columns), rows=result.rows)


def _opened(path: Path) -> Database:
    return open_database(
        parse_uri(f"sqlite:///{path.resolve()}", AccessPolicy(file_roots=(path.resolve().parent,))), now=lambda: NOW
    )


def _described(trust: Trust, judged: Iterable[Judged]) -> str:
    """Says how often the most trusted proposal of each question is right."""
    best: dict[str, tuple[float, bool]] = {}
    for each in judged:
        trusted = (trust.probability(each.evidence), each.right)
        best[each.question] = max(best.get(each.question, (0.0, False)), trusted)
    asked = [pair for name, pair in best.items() if not name.startswith("no ")]
    right = sum(pair[1] for pair in asked)
    return f"{right} of {len(asked)} answerable questions right at first; {len(best) - len(asked)} have no answer\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.training.calibration", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--databases", type=Path, required=True)
    parser.add_argument("--parser", type=Path, required=True, help="the trained parser")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="where to keep the evidence, a JSON line per proposal")
    return parser.parse_args()


if __name__ == "__main__":
    main()
