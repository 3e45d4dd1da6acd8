"""Stored pairs that ask nearly the same: where the engine, too, comes upon a pair's statement, it is the answer."""

from collections.abc import Callable, Iterable, Sequence

from rowcall_sqlgen.builtin.statement_outline import Outline, outline
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.knowledge.model import Pair

ALIKE = 0.7
"""Cosine of two questions' vectors from which one may be the other in other words. It takes more to say so, since
questions about the opposite come as close. Of 0.7 and 0.8 the better on databases that nothing was fitted on."""

Likenesses = Callable[[str, Sequence[str]], Sequence[float]]


class Precedents:
    """The pairs that may answer one question, the closest first."""

    def __init__(self, question: str, pairs: Sequence[Pair], index: SchemaIndex, *, likenesses: Likenesses) -> None:
        compared = likenesses(question, [pair.question for pair in pairs]) if pairs else ()
        close = sorted(
            ((likeness, pair) for likeness, pair in zip(compared, pairs, strict=True) if likeness >= ALIKE),
            key=lambda each: -each[0],
        )
        self._index = index
        self._pairs = [(pair, drawn) for _, pair in close if (drawn := outline(pair.sql, index)) is not None]

    def found_in(self, proposed: Iterable[str]) -> Pair | None:
        """Returns the closest pair whose statement is among the proposed ones, up to its spelling."""
        if not self._pairs:
            return None
        drawn: set[Outline | None] = {outline(sql, self._index) for sql in proposed}
        return next((pair for pair, drawing in self._pairs if drawing in drawn), None)
