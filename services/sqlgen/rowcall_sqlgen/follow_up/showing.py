"""Changes of what is shown: other or further columns, measures, counts, each row once."""

from collections.abc import Sequence
from enum import Enum, auto

from sqlglot import exp

from rowcall_sqlgen.engine.aliases import aliases
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.marks import Aggregate, ColumnMention, ColumnRef, TableMention, ValueMention
from rowcall_sqlgen.engine.meaning import Meaning, Measure
from rowcall_sqlgen.follow_up.changes import NoEdit, Recompute
from rowcall_sqlgen.follow_up.groups import group_by
from rowcall_sqlgen.follow_up.naming import aliased
from rowcall_sqlgen.follow_up.statement import Statement, is_measure


class Way(Enum):
    """Whether new things stand beside the old ones."""

    ADD = auto()
    REPLACE = auto()
    EITHER = auto()  # the words do not say; the statement decides


def show_columns(statement: Statement, refs: Sequence[ColumnRef], way: Way) -> str:
    """Shows other columns, or further ones; groups that show further columns are grouped by them too."""
    if statement.aggregated and not statement.grouped and way is Way.ADD:
        raise NoEdit("a column beside a measure needs groups; say `per` what")
    if way is Way.EITHER:
        way = Way.ADD if statement.grouped else Way.REPLACE
    names = ", ".join(map(column_name, refs))
    shown = [_named(statement, ref) for ref in refs if way is Way.REPLACE or not _is_shown(statement, ref)]
    if not shown:
        raise NoEdit(f"{names} is shown already")
    if statement.grouped:
        group_by(statement, shown, adds=way is Way.ADD)
    elif way is Way.ADD:
        statement.tree.set("expressions", [*statement.tree.expressions, *shown])
    else:
        statement.tree.set("expressions", shown)
        statement.tree.set("having", None)
    return f"{names} is also shown" if way is Way.ADD else f"{names} is shown instead"


def show_everything(statement: Statement, table: str) -> str:
    """Shows all columns of a table that the statement reads."""
    if statement.grouped or table not in statement.tables:
        raise NoEdit(f"all columns of {table} cannot be shown here")
    name = next(name for name, found in statement.scope(statement.tree).items() if found == table)
    star = (
        exp.Column(this=exp.Star(), table=exp.to_identifier(name)) if statement.tree.args.get("joins") else exp.Star()
    )
    statement.tree.set("expressions", [star])
    statement.tree.set("distinct", None)
    return f"all columns of {table} are shown"


def show_measures(statement: Statement, measures: Sequence[Measure], *, adds: bool) -> str:
    """Shows measures in the place of those before, or of the rows."""
    if any(statement.tree.args.get(part) for part in ("limit", "offset")) and not statement.grouped:
        raise NoEdit("a measure over the first rows only")
    if statement.tree.args.get("distinct") and not statement.grouped:
        raise NoEdit("a measure over rows of which each is shown once")
    new = [_measured(statement, measure) for measure in measures]
    old = [item for item in statement.tree.expressions if is_measure(item)]
    kept = [item for item in statement.tree.expressions if not is_measure(item)] if statement.grouped else []
    statement.tree.set("expressions", [*kept, *(old if adds else ()), *new])
    if not adds and old:
        _reorder(statement, old[0], new[0])
    if not statement.grouped:
        statement.tree.set("order", None)
    shown = ", ".join(statement.text(item) for item in new)
    return f"{shown} is also shown" if adds else f"{shown} is shown instead"


def recompute(statement: Statement, change: Recompute, *, adds: bool) -> str:
    """Applies another function to the one column that is measured, or else shown and a quantity."""
    return show_measures(statement, [Measure(change.aggregate, *_measured_column(statement))], adds=adds)


def sole_quantity(statement: Statement) -> ColumnRef | None:
    """Returns the only column that is measured, else the only quantity that is shown or sorted by."""
    tree = statement.tree
    measured = {ref for item in tree.expressions if is_measure(item) for ref in statement.refs(item)}
    shown = {ref for item in tree.expressions for ref in statement.refs(item)}
    order = tree.args.get("order")
    sorted_by = set(statement.refs(order)) if order else set()
    for found in (measured, {ref for ref in shown | sorted_by if statement.index.is_quantity(ref)}):
        if len(found) == 1:
            return next(iter(found))
    return None


def hide(statement: Statement, mention: ColumnMention | TableMention | ValueMention) -> str | None:
    """No longer shows a column; returns `None` where it is not shown, or is all that is."""
    columns = set(mention.columns) if isinstance(mention, ColumnMention) else set()
    kept = [item for item in statement.tree.expressions if not columns & statement.refs(item) or is_measure(item)]
    if statement.grouped or not kept or len(kept) == len(statement.tree.expressions):
        return None
    statement.tree.set("expressions", kept)
    return f"{', '.join(map(column_name, sorted(columns, key=column_name)))} is no longer shown"


def _measured(statement: Statement, measure: Measure) -> exp.Expr:
    if measure.table not in statement.tables:
        if measure.column is None:
            raise NoEdit(f"the statement before does not read {measure.table}")
        statement.reach(measure.table)
    elif measure.column is None and measure.table != statement.tables[0]:
        key = statement.index.tables[measure.table].primary_key
        if len(key) != 1:
            raise NoEdit(f"rows of {measure.table} have no key to count them by")
        measure = Measure(Aggregate.COUNT, measure.table, ColumnRef(measure.table, key[0]), distinct=True)
    tables = statement.index.tables
    name = aliases(Meaning(items=(measure,), source=measure.table), tables)[measure]
    return aliased(statement.expression(measure), name, statement)


def _measured_column(statement: Statement) -> tuple[str, ColumnRef]:
    ref = sole_quantity(statement)
    if ref is None:
        raise NoEdit("it is not said of which column")
    return ref.table, ref


def _named(statement: Statement, ref: ColumnRef) -> exp.Expr:
    """Returns the column, with its table's name before its own where another one of that name is shown."""
    column = statement.column(ref)
    same = [item for item in statement.tree.expressions if item.alias_or_name.lower() == ref.column.lower()]
    others = [item for item in same if statement.refs(item) != {ref}]
    return exp.alias_(column, f"{ref.table}_{ref.column}") if others else column


def _is_shown(statement: Statement, ref: ColumnRef) -> bool:
    for item in statement.tree.expressions:
        if isinstance(item, exp.Star):
            if ref.table in statement.tables:
                return True
        elif isinstance(item.unalias(), exp.Column) and statement.refs(item) == {ref}:
            return True
    return False


def _reorder(statement: Statement, old: exp.Expr, new: exp.Expr) -> None:
    """Groups that were sorted by the measure before are sorted by the one in its place."""
    order = statement.tree.args.get("order")
    for key in order.expressions if order else ():
        by_alias = isinstance(key.this, exp.Column) and not key.this.table and key.this.name == old.alias != ""
        if by_alias or key.this == old.unalias():
            key.set("this", exp.column(new.args["alias"].copy()) if new.alias else new.unalias().copy())
