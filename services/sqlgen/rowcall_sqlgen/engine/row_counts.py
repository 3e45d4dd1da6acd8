"""Tables whose rows stand for many: `checkin` with a column called `count` holds as many as that adds up to."""

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Measure


def row_count(measure: Measure, index: SchemaIndex) -> Measure:
    """Returns the measure that counts what the rows stand for; any other than a count of rows stays as it is."""
    if measure.aggregate is not Aggregate.COUNT or measure.column is not None:
        return measure
    column = count_column(measure.table, index)
    return Measure(Aggregate.SUM, measure.table, column, where=measure.where) if column else measure


def count_column(table: str, index: SchemaIndex) -> ColumnRef | None:
    """Returns the column that is called nothing but count."""
    found = (ref for ref in index.columns(table) if spelled_words(ref.column) == ("count",))
    return next((ref for ref in found if index.is_numeric(ref) and not index.is_key(ref)), None)
