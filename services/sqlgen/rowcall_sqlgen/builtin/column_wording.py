"""Queries made to read columns as these are called: a `max_temperature` needs no maximum, a parent code is no code."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

from rowcall_sqlgen.builtin.uses import inner_names, inner_parts
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnMention, ColumnRef
from rowcall_sqlgen.engine.meaning import Join, Meaning, Measure, measure_of
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.reading import Readings
from rowcall_sqlgen.engine.word_stems import is_said, stems
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.parser import Parses

_SAID = {
    Aggregate.MAX: frozenset("max maximum maximal highest largest biggest greatest most".split()),
    Aggregate.MIN: frozenset("min minimum minimal lowest smallest least".split()),
    Aggregate.AVG: frozenset("avg average mean".split()),
    Aggregate.SUM: frozenset("total sum overall".split()),
}

_WHOLE = 0.9
"""Quality of a phrase that says all of a column's name."""

Part = TypeVar("Part")


def in_their_words(parses: Parses, index: SchemaIndex) -> Parses:
    """Returns the parses with the columns that the question names, and without aggregates that it says once only."""
    wording = _Wording(parses.nodes.words, index)
    return replace(parses, found=tuple(replace(each, query=wording.read(each.query)) for each in parses.found))


def in_its_words(read: Readings, question: Sequence[Word], index: SchemaIndex) -> Readings:
    """Returns the grammar's readings without such aggregates, and without counts where a column holds numbers."""
    wording = _Wording(question, index)
    found = tuple(replace(each, meaning=wording.ungrouped(each.meaning)) for each in read.found)
    if _names_numbers(question, index):
        found = tuple(each for each in found if not _counts_rows(each.meaning)) or found
    return replace(read, found=found)


def _names_numbers(question: Sequence[Word], index: SchemaIndex) -> bool:
    """`The apartment numbers of ...`, where a column is called so; `how many` asks for a count nevertheless."""
    said = {word.lower for word in question}
    if not said.isdisjoint(("many", "count", "total")):
        return False
    named = (bag((one.lemma, other.lemma)) for one, other in pairwise(question) if other.lower == "numbers")
    links = (link for phrase in named if len(phrase) == 2 for link in index.phrases.get(phrase, ()))
    return any(isinstance(link.mention, ColumnMention) and link.quality >= _WHOLE for link in links)


def _counts_rows(meaning: Meaning) -> bool:
    return any(isinstance(item, Measure) and item.aggregate is Aggregate.COUNT for item in meaning.items)


class _Wording:
    """What one question says."""

    def __init__(self, question: Sequence[Word], index: SchemaIndex) -> None:
        self._words = [word.lower for word in question]
        self._stems = stems([*self._words, *(word.lemma for word in question)])
        self._index = index

    def read(self, root: Part) -> Part:
        used = {part for part in inner_parts(root) if isinstance(part, ColumnRef)}
        meant = {ref: sibling for ref in used if (sibling := self._plain(ref)) and sibling not in used}
        read: Part = self._rewritten(root, meant)
        return read

    def _rewritten(self, root: Any, meant: dict[ColumnRef, ColumnRef]) -> Any:
        match root:
            case ColumnRef():
                return meant.get(root, root)
            case Join() | Step():
                return root
            case tuple():
                return tuple(self._rewritten(each, meant) for each in root)
        inner = {name: getattr(root, name) for name in inner_names(root) or ()}
        rewritten = {name: self._rewritten(old, meant) for name, old in inner.items()}
        # Mostly it is the same object, and to compare all that is inside takes long.
        changed = {name: new for name, new in rewritten.items() if new is not inner[name] and new != inner[name]}
        whole = replace(root, **changed) if changed else root
        return self.ungrouped(whole) if isinstance(whole, Meaning) else whole

    def _plain(self, ref: ColumnRef) -> ColumnRef | None:
        """`code` for `parent_code`, where nothing says `parent` and the table has both."""
        words = spelled_words(ref.column)
        said = [is_said(word, self._stems) for word in words]
        for start in range(1, len(words)):
            if said[start - 1] or not all(said[start:]):
                continue
            for other in self._index.columns(ref.table):
                if spelled_words(other.column) == words[start:]:
                    return other
        return None

    def ungrouped(self, meaning: Meaning) -> Meaning:
        """`Dates with a max temperature above 80` groups nothing: each date has one in its row."""
        measures = [
            *(item for item in meaning.items if isinstance(item, Measure)),
            *(order.item for order in meaning.order if isinstance(order.item, Measure)),
            *(measure for each in meaning.having if (measure := measure_of(each))),
        ]
        if not meaning.group:
            return replace(meaning, items=tuple(map(self._summed, meaning.items)))
        if not measures or not all(map(self._is_told_by_name, measures)):
            return meaning
        plain = {measure: measure.column for measure in measures if measure.column}

        def told(part: Any) -> Any:
            return replace(part, subject=plain[part.subject]) if getattr(part, "subject", None) in plain else part

        return replace(
            meaning,
            items=tuple(plain.get(item, item) if isinstance(item, Measure) else item for item in meaning.items),
            where=(*meaning.where, *map(told, meaning.having)),
            group=(),
            having=(),
            order=tuple(
                replace(each, item=plain[each.item]) if isinstance(each.item, Measure) else each
                for each in meaning.order
            ),
        )

    def _summed(self, item: Any) -> Any:
        """How many rooms, where a `room_count` says it of each apartment."""
        return replace(item, aggregate=Aggregate.SUM, distinct=False) if self._counts_numbers(item) else item

    def _counts_numbers(self, item: object) -> bool:
        if not isinstance(item, Measure) or item.aggregate is not Aggregate.COUNT or item.column is None:
            return False
        name = spelled_words(item.column.column)
        return self._index.is_quantity(item.column) and (name[:2] == ("number", "of") or name[1:][-1:] == ("count",))

    def _is_told_by_name(self, measure: Measure) -> bool:
        if self._counts_numbers(measure):
            return True
        said = _SAID.get(measure.aggregate, frozenset())
        name = spelled_words(measure.column.column) if measure.column else ()
        return not said.isdisjoint(name[:1]) and sum(word in said for word in self._words) <= 1
