"""`python -m tools.training --questions FILE --databases DIR --out FILE`: trains the semantic parser."""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.parser.actions import KEYWORDS
from rowcall_sqlgen.parser.arrays import Shape, Weights
from rowcall_sqlgen.parser.automaton import PLACES
from rowcall_sqlgen.parser.inputs import network_inputs
from rowcall_sqlgen.parser.relations import Relation
from rowcall_sqlgen.parser.sentence_encoder import WIDTH, SentenceEncoder, model_folder
from rowcall_sqlgen.parser.weights import Trained, save
from tools.training.batches import Prepared
from tools.training.corpus import (
    Corpus,
    Sample,
    Shares,
    feature_numbers,
    read_corpus,
    transferred_examples,
    unanswerable_examples,
    varied_examples,
)
from tools.training.examples import Example
from tools.training.fit import Plan, Progress, fit
from tools.training.halves import HALVES, half_of

UNANSWERABLE = Shares(bereft=0.12, foreign=0.1)
TRANSFERS = 3
"""How often a question is asked of another database."""


def main() -> None:
    """Reads the corpus, trains, and writes the file after every validation."""
    options = _options()
    corpus = read_corpus(options.questions, options.databases)
    folds = {fold: [s for s in corpus.samples if fold_of(s.asked.database) is fold] for fold in Fold}
    if options.half is not None:
        folds[Fold.FIT] = [sample for sample in folds[Fold.FIT] if half_of(sample.asked.database) == options.half]
    fitted = _augmented(corpus, folds[Fold.FIT], np.random.default_rng(options.seed))
    validated = [sample.example for sample in folds[Fold.VALIDATE]]
    sys.stdout.write(f"{len(fitted)} examples to fit; left out: {dict(corpus.left_out)}\n")
    numbers = feature_numbers(fitted)
    encoder = SentenceEncoder(model_folder())
    shape = Shape(
        input_width=WIDTH,
        features=len(numbers) + 1,
        relations=len(Relation),
        keywords=len(KEYWORDS),
        places=len(PLACES),
    )
    started = time.monotonic()

    def report(progress: Progress, weights: Weights) -> None:
        validated = "" if progress.validated is None else f", {progress.validated:.1%} of validation exact"
        elapsed_s = time.monotonic() - started
        sys.stdout.write(f"epoch {progress.epoch}: loss {progress.loss:.3f}{validated}, {elapsed_s:.0f} s\n")
        sys.stdout.flush()
        if progress.validated is not None:
            whole = {name: np.asarray(value) for name, value in weights.items()}
            save(Trained(shape, numbers, whole), options.out)

    plan = Plan(epochs=options.epochs, seed=options.seed)
    sets = (_prepared(examples, encoder, numbers) for examples in (fitted, validated))
    fit(shape, *sets, plan=plan, report=report)


def _augmented(corpus: Corpus, samples: Sequence[Sample], random: np.random.Generator) -> list[Example]:
    return [
        *(sample.example for sample in samples),
        *varied_examples(samples, random),
        *transferred_examples(corpus, samples, rounds=TRANSFERS, random=random),
        *unanswerable_examples(corpus, samples, shares=UNANSWERABLE, random=random),
    ]


def _prepared(examples: Sequence[Example], encoder: SentenceEncoder, numbers: Mapping[str, int]) -> list[Prepared]:
    return [
        Prepared(each, network_inputs(each.nodes, each.index, encoder=encoder, feature_numbers=numbers))
        for each in examples
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.training", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--databases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--half", type=int, choices=HALVES, help="train on this half of the databases only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
