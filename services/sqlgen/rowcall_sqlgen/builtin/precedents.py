"""Stored pairs that ask nearly the same: where the engine, too, comes upon a pair's statement, it is the answer."""

from collections.abc import Callable, Iterable, Sequence

from rowcall_sqlgen.builtin.statement_outline import Outline, outline
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.knowledge.model import Pair

ALIKE = 0.7
"""Cosine of two questions' vectors from which one may be the other in other words. It takes more to say so, since
questions about the opposite come as close. Of 0.7 and 0.8 the better on databases that nothing was fitted on."""


class Precedents:
    """The pairs that are close to one question and may be offered, the closest first."""

    def __init__(
        self,
        likenesses: Sequence[float],
        pairs: Sequence[Pair],
        index: SchemaIndex,
        *,
        may_offer: Callable[[str], bool],
    ) -> None:
        """`likenesses`: of the question with that of each pair, cosines."""
        compared = sorted(zip(likenesses, pairs, strict=True), key=lambda each: -each[0])
        # The guard goes first: sqlglot logs the text of statements that it does not know.
        close = [pair for likeness, pair in compared if likeness >= ALIKE and may_offer(pair.sql)]
        self._index = index
        self._pairs = [(pair, drawn) for pair in close if (drawn := outline(pair.sql, index)) is not None]

    def found_in(self, proposed: Iterable[str]) -> Pair | None:
        """Returns the closest pair whose statement is among the proposed ones, up to its spelling."""
        if not self._pairs:
            return None
        drawn: set[Outline | None] = {outline(sql, self._index) for sql in proposed}
        return next((pair for pair, drawing in self._pairs if drawing in drawn), None)
