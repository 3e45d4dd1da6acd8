"""Lengths of time: `more than 2 hours` is told in the unit of the column that is compared."""

from rowcall_sqlgen.engine.grammar.rule import Marks
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, Comparing, Mark, Number
from rowcall_sqlgen.engine.units import in_unit_of

_NEAR = 5


def in_units(marks: Marks, index: SchemaIndex) -> Marks | None:
    """Returns the marks with such numbers in the column's unit; `None` where no column near them holds any."""
    told: list[Mark] = []
    for at, mark in enumerate(marks):
        if not isinstance(mark, Number) or mark.unit is None:
            told.append(mark)
            continue
        ref = _column(marks, at)
        value = in_unit_of(ref, mark.value, mark.unit, index=index) if ref else None
        if value is None:
            return None
        told.append(Number(value))
    return tuple(told)


def _column(marks: Marks, at: int) -> ColumnRef | None:
    """The last column before the number, or else the first one behind it."""
    near = (*reversed(marks[max(0, at - _NEAR) : at]), *marks[at + 1 : at + 1 + _NEAR])
    for mark in near:
        match mark:
            case ColumnMention((ref,)) | Comparing(_, ColumnRef() as ref):
                return ref
    return None
