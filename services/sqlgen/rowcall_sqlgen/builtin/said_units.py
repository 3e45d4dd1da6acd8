"""Numbers that the question says with a unit of time: what the parser compares with them must be lengths of time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import AllOf, AnyOf, Between, Comparison, Compound, Meaning, Not, Predicate, Query
from rowcall_sqlgen.engine.numbers import read_number
from rowcall_sqlgen.engine.units import in_unit_of, time_unit
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.parser import Parses

_CLOCK = frozenset({"am", "pm", "oclock"})
Said = Mapping[float, str]


def in_their_units(parses: Parses, question: Sequence[Word], index: SchemaIndex) -> Parses:
    """Returns the parses with such numbers told in the unit of the column, without those that compare anything else."""
    said = dict(_said([word.lower for word in question]))
    if not said:
        return parses
    converted = ((each, _converted(each.query, said, index)) for each in parses.found)
    return replace(parses, found=tuple(replace(each, query=query) for each, query in converted if query is not None))


def _said(words: list[str]) -> Iterator[tuple[float, str]]:
    for at in range(len(words) - 1):
        number = (1, 1) if words[at] in ("a", "an") else read_number(words[at:])
        after = words[at + number[1]] if number and at + number[1] < len(words) else ""
        unit = "clock" if after in _CLOCK else time_unit(after)
        if number and unit and (words[at] not in ("a", "an") or words[at - 1] in ("than", "over", "least", "above")):
            yield number[0], unit


def _converted(query: Query, said: Said, index: SchemaIndex) -> Query | None:
    """`None` where a number with a unit is compared with what is no length of time."""
    if isinstance(query, Compound):
        left, right = (_converted(side, said, index) for side in (query.left, query.right))
        return replace(query, left=left, right=right) if left and right else None
    if not isinstance(query, Meaning):
        return query
    if any(_is_misfit(part, said, index) for part in inner_parts(query)):
        return None
    where = tuple(_predicate(each, said, index) for each in query.where)
    return replace(query, where=where, having=tuple(_predicate(each, said, index) for each in query.having))


def _compared(part: object) -> tuple[ColumnRef | None, tuple[object, ...]]:
    match part:
        case Comparison(subject, _, value):
            return subject if isinstance(subject, ColumnRef) else subject.column, (value,)
        case Between(subject, low, high):
            return subject if isinstance(subject, ColumnRef) else subject.column, (low, high)
    return None, ()


def _is_misfit(part: object, said: Said, index: SchemaIndex) -> bool:
    column, values = _compared(part)
    for value in values:
        unit = said.get(value) if isinstance(value, int | float) else None
        if isinstance(value, int | float) and unit and _value(column, value, unit, index) is None:
            return True
    return False


def _value(column: ColumnRef | None, value: float, unit: str, index: SchemaIndex) -> int | float | None:
    return None if column is None or unit == "clock" else in_unit_of(column, value, unit, index=index)


def _predicate(predicate: Predicate, said: Said, index: SchemaIndex) -> Predicate:
    match predicate:
        case Comparison(value=int() | float() as value):
            unit, (column, _) = said.get(value), _compared(predicate)
            told = _value(column, value, unit, index) if unit else None
            return predicate if told is None else replace(predicate, value=told)
        case Not(inner):
            return Not(_predicate(inner, said, index))
        case AllOf(parts):
            return AllOf(tuple(_predicate(part, said, index) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_predicate(part, said, index) for part in parts))
    return predicate
