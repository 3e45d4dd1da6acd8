"""Answers to recently asked questions, bounded in number and bytes."""

import hashlib
from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from rowcall_contracts.candidates import Generation
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.index_cache import CacheKey, size_of
from rowcall_sqlgen.knowledge.indexing import index_key

MOST_ANSWERS = 5_000
MOST_BYTES = 16 * 2**20
"""Some 4,000 answers of usual size."""


class AnswerKey(NamedTuple):
    """Everything that an answer follows from. `state`: of the catalog and of the knowledge about it."""

    state: CacheKey
    today: date
    question: bytes


def answer_key(request: GenerationRequest) -> AnswerKey | None:
    """Returns the key of a request's answer; `None` for one that also follows from what was tried or said before."""
    if request.feedback or request.history or request.refining is not None:
        return None
    return AnswerKey(index_key(request), request.now.date(), normalised(request.question))


def normalised(question: str) -> bytes:
    """Returns the same SHA-256 for questions that read the same: white space and idle punctuation do not count.

    The key is made of the words as the engine reads them, so that it joins no questions that the engine tells apart.
    Case counts: capitals tell `US` from `us`, and a stored value from a word.
    """
    return hashlib.sha256(repr(words(question)).encode()).digest()


class AnswerCache:
    """Least recently used answers go first. One answer above the bound is not kept at all. Not thread-safe."""

    def __init__(self, *, max_answers: int = MOST_ANSWERS, max_bytes: int = MOST_BYTES) -> None:
        self._max_answers = max_answers
        self._max_bytes = max_bytes
        self._entries: OrderedDict[AnswerKey, tuple[Generation, int]] = OrderedDict()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: AnswerKey) -> Generation | None:
        """Returns the answer, if it is kept, and marks it as used."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: AnswerKey, answer: Generation) -> None:
        """Keeps an answer. Those to earlier states of a catalog are not asked for again, and so go in time."""
        if key in self._entries:
            self._drop(key)
        size_bytes = size_of((key, answer))
        if size_bytes > self._max_bytes:
            return
        self._entries[key] = (answer, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._max_bytes or len(self._entries) > self._max_answers:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: AnswerKey) -> None:
        _, size_bytes = self._entries.pop(key)
        self.size_bytes -= size_bytes
