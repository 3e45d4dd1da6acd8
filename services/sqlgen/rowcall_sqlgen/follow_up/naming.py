"""Names for what a changed statement shows."""

from sqlglot import exp

from rowcall_sqlgen.follow_up.statement import Statement


def aliased(item: exp.Expr, name: str, statement: Statement) -> exp.Expr:
    """Returns the item under a name that is neither a table or column in scope nor given already."""
    taken = {column.name.lower() for table in statement.tables for column in statement.index.tables[table].columns}
    taken |= {name.lower() for name in statement.scope(statement.tree)} | statement.names
    free, number = name, 2
    while free.lower() in taken:
        free, number = f"{name}_{number}", number + 1
    return exp.alias_(item, free)
