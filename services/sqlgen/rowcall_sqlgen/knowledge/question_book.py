"""Stored questions by their words: which ones are asked in the same words, and which come closest."""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from rowcall_sqlgen.engine.phrases import CONNECTORS
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.knowledge.questions import normal_question


class QuestionBook:
    """Questions by their position. Immutable."""

    def __init__(self, questions: Sequence[str]) -> None:
        self._same: defaultdict[str, list[int]] = defaultdict(list)
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        lemmas = [_lemmas(question) for question in questions]
        for at, question in enumerate(questions):
            self._same[normal_question(question)].append(at)
            for lemma in lemmas[at]:
                self._holders[lemma].append(at)
        self._total = len(questions)
        self._norms = [math.sqrt(sum(self._weight(lemma) ** 2 for lemma in each)) for each in lemmas]

    def same(self, question: str) -> tuple[int, ...]:
        """Returns the positions of questions that are the same when normalised."""
        return tuple(self._same.get(normal_question(question), ()))

    def nearest(self, question: str, most: int, *, keep: Callable[[int], bool]) -> tuple[tuple[int, float], ...]:
        """Returns the closest questions, best first, with the cosine 0..1 of their words; rare words weigh more."""
        asked = _lemmas(question)
        shared: defaultdict[int, float] = defaultdict(float)
        for lemma in asked:
            for at in self._holders.get(lemma, ()):
                shared[at] += self._weight(lemma) ** 2
        norm = math.sqrt(sum(self._weight(lemma) ** 2 for lemma in asked))
        scored = ((at, min(1.0, sum_ / (norm * self._norms[at]))) for at, sum_ in shared.items() if keep(at))
        return tuple(heapq.nsmallest(most, scored, key=lambda found: (-found[1], found[0])))

    def _weight(self, lemma: str) -> float:
        """Inverse document frequency, smoothed so that a word of every question still counts a little."""
        return math.log((self._total + 1) / (len(self._holders.get(lemma, ())) + 0.5)) + 0.1


def _lemmas(question: str) -> frozenset[str]:
    return frozenset(word.lemma for word in words(question) if word.lower not in CONNECTORS)
