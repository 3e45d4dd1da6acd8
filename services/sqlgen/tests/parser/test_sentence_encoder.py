"""Vectors of words and phrases, whatever they are read together with."""

from collections.abc import Sequence

import numpy as np
import pytest
from safetensors.numpy import load_file

from rowcall_sqlgen.parser.inference import Graph, GraphName
from rowcall_sqlgen.parser.sentence_encoder import (
    APART,
    WEIGHTS,
    WIDTH,
    Floats,
    SentenceEncoder,
    layer_weights,
    model_folder,
)
from services.sqlgen.tests.parser import textbook
from tools.graphs.sentence_network import SentenceNetwork

SENTENCE = "How many students have an allergy to milk ?".split()
PHRASES = ("student", "type of allergy", "milk", "first name", "city", "an unusually long name of one column")


@pytest.fixture(scope="module")
def alone() -> SentenceEncoder:
    """Reads one text at a time."""
    return SentenceEncoder(model_folder())


@pytest.fixture
def encoder() -> SentenceEncoder:
    return SentenceEncoder(model_folder())


def _close(found: Sequence[Floats] | Floats, expected: Sequence[Floats] | Floats) -> bool:
    return np.allclose(np.array(found), np.array(expected), atol=1e-5)


def test_the_graph_computes_what_its_definition_says() -> None:
    """The definition, run by NumPy with the textbook's formulas, on the same pieces."""
    weights = layer_weights(load_file(model_folder() / WEIGHTS))
    hidden = np.random.default_rng(0).standard_normal((9, WIDTH)).astype(np.float32)
    apart = np.kron([[0, 1, 1], [1, 0, 1], [1, 1, 0]], np.ones((3, 3))).astype(np.float32) * APART

    found = SentenceNetwork(weights, textbook)(hidden, apart)

    assert np.allclose(found, Graph(GraphName.SENTENCE, weights)(hidden=hidden, apart=apart)[0], atol=1e-4)


def test_phrases_that_are_read_together_mean_what_each_means_alone(
    encoder: SentenceEncoder, alone: SentenceEncoder
) -> None:
    found = encoder.phrases(PHRASES)
    assert found[0].shape == (WIDTH,)
    assert _close(found, [alone.phrase(text) for text in PHRASES])
    assert not _close(found[:1], found[1:2])


def test_phrases_read_along_with_a_sentence_change_neither_and_are_known_then(
    encoder: SentenceEncoder, alone: SentenceEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = encoder.words(SENTENCE, along=PHRASES[:3])
    assert _close(words, alone.words(SENTENCE))
    monkeypatch.setattr(encoder, "_hidden", None)
    assert _close(encoder.phrases(PHRASES[:3]), alone.phrases(PHRASES[:3]))


def test_a_long_phrase_is_not_read_along(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder.words(SENTENCE, along=["long " * 50])
    monkeypatch.setattr(encoder, "_hidden", None)
    with pytest.raises(TypeError):
        encoder.phrase("long " * 50)


def test_no_more_phrases_are_kept_than_allowed(alone: SentenceEncoder) -> None:
    small = SentenceEncoder(model_folder(), most_phrases=2)
    assert _close(small.phrases(PHRASES), alone.phrases(PHRASES))
    small.words(SENTENCE, along=PHRASES)
    assert len(small._phrases) == 2
