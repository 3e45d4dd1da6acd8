"""What the elements of a list name, one after another; each may add tables to the query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rowcall_sqlgen.builtin.returns.columns import Named, named_columns
from rowcall_sqlgen.builtin.returns.counts import count, counted_once
from rowcall_sqlgen.builtin.returns.measure_phrases import is_count, measure_phrase
from rowcall_sqlgen.builtin.returns.reach import measures_of, merged
from rowcall_sqlgen.builtin.returns.sums import summed
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import is_light_verb
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Calculation, CalendarPart, Duration, Item, Meaning, Measure
from rowcall_sqlgen.engine.words import Word

_COMPOSED = frozenset({"ratio", "share", "percentage", "proportion", "percent", "difference", "fraction"})
_EXACT = 0.97
_TIMES = frozenset({"duration", "length"})

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class NamedList:
    """What each element shows, and the query that reads it all. `likely`: how likely that is meant, 0..1."""

    items: tuple[tuple[Item, ...], ...]
    query: Meaning
    notes: tuple[str, ...] = ()
    likely: float = 1.0


def named_list(elements: Sequence[Words], query: Meaning, main: Words, *, index: SchemaIndex) -> NamedList | None:
    """Returns what the elements of a list show of the query of the main question; `None` where one can't be told."""
    naming = _Naming(main, index)
    if any(map(measure_phrase, elements)):
        query = merged(query, index)
    items: list[tuple[Item, ...]] = []
    notes: list[str] = []
    likely = 1.0
    for at, element in enumerate(elements):
        found = naming.of(element, query, following=elements[at + 1] if at + 1 < len(elements) else ())
        if found is None:
            return None
        items.append(found.items)
        notes += [found.note] if found.note else []
        query, likely = found.query, min(likely, found.likely)
    return NamedList(tuple(items), query, tuple(notes), likely) if _are_right(items, query, index) else None


def _are_right(items: Sequence[Sequence[Item]], query: Meaning, index: SchemaIndex) -> bool:
    """Says whether joins added for one element leave the measures of the others as they were."""
    measures = [item for shown in items for item in shown if isinstance(item, Measure)]
    counted = [counted_once(measure, query, index) for measure in measures]
    return all(named and named.items == (measure,) for named, measure in zip(counted, measures, strict=True))


class _Naming:
    def __init__(self, main: Words, index: SchemaIndex) -> None:
        self._main = main
        self._index = index

    def of(self, element: Words, query: Meaning, *, following: Words) -> Named | None:
        """Returns what the element shows; `first` before `last name` is a first name."""
        found = _shown_already(element, query) or self._exact(element, query) or self._measure(element, query)
        if found:
            return found
        if is_count(element):
            return None
        for said in _spellings(element, following):
            named = named_columns(said, query, self._index)
            if named:
                return _grouped(named, query)
        return None

    def _exact(self, element: Words, query: Meaning) -> Named | None:
        """A column called like a measure, `average price`, of rows that are not measured themselves."""
        named = named_columns(element, query, self._index, least=_EXACT) if not measures_of(query) else None
        return named if named and named.query == query else None

    def _measure(self, element: Words, query: Meaning) -> Named | None:
        phrase = measure_phrase(element)
        if phrase is None:
            return None
        if phrase.aggregate is Aggregate.COUNT:
            return count(phrase, query, self._main, index=self._index)
        found = summed(phrase, query, self._main, index=self._index)
        if found or phrase.aggregate is not Aggregate.SUM:
            return found
        return count(phrase, query, self._main, index=self._index)


def _spellings(element: Words, following: Words) -> Iterator[Words]:
    yield element
    if len(element) == 1 and len(following) > 1:
        yield (*element, following[-1])
    if len(element) > 1 and is_light_verb(element[-1]):
        yield element[:-1]


def _shown_already(element: Words, query: Meaning) -> Named | None:
    """What the main question calculates, or groups by: `the week`, `the ratio`."""
    said = {word.lemma for word in element}
    fitting: list[Item] = []
    for item in dict.fromkeys([*query.items, *query.group]):
        match item:
            case Calculation() if said & _COMPOSED:
                fitting.append(item)
            case Duration() if said & _TIMES:
                fitting.append(item)
            case CalendarPart(_, unit) if unit.value in said or "date" in said:
                fitting.append(item)
    return Named((fitting[0],), query) if fitting else None


def _grouped(named: Named, query: Meaning) -> Named | None:
    """Where rows are measured in groups, `amount` among what is listed is the measured amount."""
    column = named.items[0]
    measures = [item for item in query.items if isinstance(item, Measure) and item.column == column]
    if query.group and len(measures) == 1 and isinstance(column, ColumnRef) and column not in query.group:
        return Named((measures[0],), query)
    return named
