"""Rankings inside a condition: `flights of the oldest plane` finds the plane first, then all of its flights."""

from rowcall_sqlgen.engine.clauses import Rank
from rowcall_sqlgen.engine.filters import Filters, RowFilter
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Membership, Order, tables_of
from rowcall_sqlgen.engine.problems import NoMeaning


def nest_ranking(rank: Rank, filters: Filters, *, limit: int, index: SchemaIndex) -> Filters:
    """Returns the conditions with the ranking among them. Conditions on the ranked table apply before the ranking.

    Raises `NoMeaning` when the ranked table has no key of one column.
    """
    table = rank.item.table
    key = index.tables[table].primary_key
    if len(key) != 1:
        raise NoMeaning(f"rows of {table} have no key of one column")
    own = [row for row in filters.rows if tables_of(row.predicate) == {table} and not (row.negated or row.apart)]
    column = ColumnRef(table, key[0])
    inner = Meaning(
        items=(column,),
        source=table,
        where=tuple(row.predicate for row in own),
        order=(Order(rank.item, rank.descending),),
        limit=limit,
    )
    rest = tuple(row for row in filters.rows if row not in own)
    return Filters((*rest, RowFilter(Membership(column, inner), negated=False)), filters.having, filters.absent)
