"""Which column a number with a unit is compared with: `over 500 miles` speaks of a distance."""

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.follow_up.statement import Statement
from rowcall_sqlgen.follow_up.where import filtered_columns

_LENGTHS = frozenset("distance length width height altitude elevation depth mileage range radius".split())
_TIMES = frozenset("duration delay time length runtime".split())
_MONEY = frozenset("price cost amount total fee salary budget revenue sale balance payment value fare".split())

_MEASURED: dict[str, frozenset[str]] = {
    **dict.fromkeys("mile km kilometer meter foot".split(), _LENGTHS),
    **dict.fromkeys("minute hour second".split(), _TIMES),
    **dict.fromkeys("dollar usd euro".split(), _MONEY),
    **dict.fromkeys("pound kg".split(), frozenset({"weight", "mass"})),
    "percent": frozenset({"percent", "rate", "share", "percentage"}),
    "degree": frozenset({"temperature", "dewpoint", "direction", "latitude", "longitude"}),
    **dict.fromkeys("year old".split(), frozenset({"age"})),
}


def column_of_unit(unit: str, statement: Statement) -> ColumnRef | None:
    """Returns the one quantity of the statement's tables that has this unit; one already compared comes first."""
    wanted = _MEASURED.get(unit, frozenset())
    index = statement.index
    found = [
        ref
        for table in statement.tables
        for ref in index.columns(table)
        if index.is_quantity(ref) and wanted & set(spelled_words(ref.column))
    ]
    compared = [ref for ref in found if ref in filtered_columns(statement)]
    chosen = compared or found
    return chosen[0] if len(chosen) == 1 else None
