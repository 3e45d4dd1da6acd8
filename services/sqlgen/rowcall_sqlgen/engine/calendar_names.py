"""Columns that hold names of months or days of the week, whole or by their first three letters."""

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef

MONTHS = tuple("january february march april may june july august september october november december".split())
WEEKDAYS = tuple("monday tuesday wednesday thursday friday saturday sunday".split())
_SHORT = 3
_FEWEST_NAMES = 3


def stored_names(ref: ColumnRef, names: tuple[str, ...], index: SchemaIndex) -> tuple[str, ...]:
    """Returns how the column spells each name, also those that no row has; nothing where it holds anything else."""
    values = [value for value in index.column(ref).profile.values if isinstance(value, str)]
    for spelled in (tuple(name[:_SHORT] for name in names), names):
        if len(values) >= _FEWEST_NAMES and {value.lower() for value in values} <= set(spelled):
            return tuple(_in_case_of(values[0], name) for name in spelled)
    return ()


def calendar_names(ref: ColumnRef, index: SchemaIndex) -> tuple[str, ...]:
    """Returns the months or days that the column names, in their order; nothing where it names none."""
    return stored_names(ref, MONTHS, index) or stored_names(ref, WEEKDAYS, index)


def _in_case_of(example: str, name: str) -> str:
    if example.isupper():
        return name.upper()
    return name if example.islower() else name.title()
