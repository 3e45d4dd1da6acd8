"""Aggregates that share a column: `the average and minimum age` are both of the age."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from rowcall_sqlgen.engine.marks import Aggregate
from rowcall_sqlgen.engine.meaning import Item, Meaning, Measure, Query
from rowcall_sqlgen.parser.parser import Parses

_AGGREGATES: Mapping[str, Aggregate] = MappingProxyType(
    {
        **dict.fromkeys(("average", "mean", "avg"), Aggregate.AVG),
        **dict.fromkeys(("minimum", "min", "smallest", "lowest"), Aggregate.MIN),
        **dict.fromkeys(("maximum", "max", "largest", "highest"), Aggregate.MAX),
        **dict.fromkeys(("total", "sum"), Aggregate.SUM),
    }
)
_BETWEEN = frozenset({"and", ",", "&", "the"})


def sharing(parses: Parses) -> Parses:
    """Returns the parses with the column that the last of such aggregates has in all of them."""
    together = _together([word.lower for word in parses.nodes.words])
    if len(together) < 2:
        return parses
    return replace(parses, found=tuple(replace(each, query=_shared(each.query, together)) for each in parses.found))


def _together(words: Sequence[str]) -> tuple[Aggregate, ...]:
    """The first run of several aggregates with nothing but `and` between them."""
    run: list[Aggregate] = []
    for word in words:
        if word in _AGGREGATES:
            run.append(_AGGREGATES[word])
        elif word not in _BETWEEN and len(run) > 1:
            return tuple(run)
        elif word not in _BETWEEN:
            run.clear()
    return ()


def _shared(query: Query, together: Sequence[Aggregate]) -> Query:
    if not isinstance(query, Meaning):
        return query
    measured = [item for item in query.items if isinstance(item, Measure) and item.aggregate in together]
    last = next((item for item in measured if item.aggregate is together[-1]), None)
    if last is None or len(measured) != len(together):
        return query

    def meant(item: Item) -> Item:
        return replace(last, aggregate=item.aggregate) if isinstance(item, Measure) and item in measured else item

    return replace(query, items=tuple(map(meant, query.items)))
