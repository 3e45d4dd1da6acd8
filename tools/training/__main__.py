"""`python -m tools.training --questions FILE --databases DIR --out FILE`: trains the semantic parser."""

import argparse
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rowcall_sqlgen.evaluate.split import Fold, fold_of
from rowcall_sqlgen.parser.actions import KEYWORDS
from rowcall_sqlgen.parser.automaton import PLACES
from rowcall_sqlgen.parser.inputs import network_inputs
from rowcall_sqlgen.parser.network import Shape, Weights
from rowcall_sqlgen.parser.relations import Relation
from rowcall_sqlgen.parser.sentence_encoder import WIDTH, SentenceEncoder, model_folder
from rowcall_sqlgen.parser.weights import Trained, save
from tools.training.batches import Prepared
from tools.training.corpus import Corpus, feature_numbers, read_corpus
from tools.training.fit import Plan, Progress, fit


def main() -> None:
    """Reads the corpus, trains, and writes the file after every validation."""
    options = _options()
    corpus = read_corpus(options.questions, options.databases)
    sys.stdout.write(f"{len(corpus.examples)} examples; left out: {dict(corpus.left_out)}\n")
    numbers = feature_numbers(corpus, [each for each in corpus.examples if fold_of(each.database) is Fold.FIT])
    prepared = _prepared(corpus, numbers)
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
    fit(shape, prepared[Fold.FIT], prepared[Fold.VALIDATE], plan=plan, report=report)


def _prepared(corpus: Corpus, numbers: Mapping[str, int]) -> dict[Fold, list[Prepared]]:
    encoder = SentenceEncoder(model_folder())
    prepared: dict[Fold, list[Prepared]] = {fold: [] for fold in Fold}
    for each in corpus.examples:
        index = corpus.indexes[each.database]
        inputs = network_inputs(each.nodes, index, encoder=encoder, feature_numbers=numbers)
        prepared[fold_of(each.database)].append(Prepared(each, inputs))
    return prepared


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.training", description=__doc__)
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--databases", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    main()
