"""The conditions of a statement's WHERE clauses: which there are, what they are about, and how one is dropped."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from sqlglot import exp

from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, Operator, TableMention, ValueMention
from rowcall_sqlgen.follow_up.changes import NoEdit
from rowcall_sqlgen.follow_up.statement import Statement

OPERATORS: Mapping[type[exp.Expr], Operator] = MappingProxyType(
    {
        exp.EQ: Operator.EQ,
        exp.NEQ: Operator.NE,
        exp.GT: Operator.GT,
        exp.GTE: Operator.GE,
        exp.LT: Operator.LT,
        exp.LTE: Operator.LE,
    }
)


def conjuncts(statement: Statement) -> Iterator[tuple[exp.Expr, exp.Select]]:
    """Yields the conditions without a query inside, of all queries, with the query that each belongs to."""
    for select in statement.selects:
        where = select.args.get("where")
        for conjunct in flat(where.this) if where else ():
            if not conjunct.find(exp.Select):
                yield conjunct, select


def flat(node: exp.Expr) -> list[exp.Expr]:
    """Returns the parts of an AND, however it is bracketed."""
    if isinstance(node, exp.Paren) and isinstance(node.this, exp.And):
        return flat(node.this)
    return [*flat(node.this), *flat(node.expression)] if isinstance(node, exp.And) else [node]


def drop(select: exp.Select, conjunct: exp.Expr) -> None:
    """Takes a condition out of its query. Raises `NoEdit` for one inside an `or`."""
    where = select.args["where"]
    kept = [each for each in flat(where.this) if each is not conjunct]
    if len(kept) == len(flat(where.this)):
        raise NoEdit("the condition before stands in a part that cannot be changed")
    select.set("where", exp.Where(this=exp.and_(*kept, copy=False)) if kept else None)


def remove(statement: Statement, mention: ColumnMention | TableMention | ValueMention) -> str | None:
    """Drops the conditions on a column, value or table and returns what was done, `None` when there are none."""
    dropped = []
    for conjunct, select in list(conjuncts(statement)):
        if _is_about(statement, conjunct, mention):
            dropped.append(statement.text(conjunct))
            drop(select, conjunct)
    _drop_empty_members(statement)
    return f"the condition {' and '.join(dropped)} was dropped" if dropped else None


def compared_column(statement: Statement) -> tuple[ColumnRef, Operator] | None:
    """Returns the only column that is compared with a number, and how."""
    found = set()
    for conjunct, _ in conjuncts(statement):
        if type(conjunct) in OPERATORS and conjunct.expression.is_number:
            refs = statement.refs(conjunct)
            found |= {(ref, OPERATORS[type(conjunct)]) for ref in refs}
    return found.pop() if len(found) == 1 else None


def filtered_columns(statement: Statement) -> frozenset[ColumnRef]:
    """Returns the columns that some condition reads."""
    return frozenset(ref for conjunct, _ in conjuncts(statement) for ref in statement.refs(conjunct))


def _is_about(statement: Statement, conjunct: exp.Expr, mention: ColumnMention | TableMention | ValueMention) -> bool:
    refs = statement.refs(conjunct)
    match mention:
        case ColumnMention(columns):
            return bool({statement.subject(ref) for ref in columns} & {statement.subject(ref) for ref in refs})
        case ValueMention(column, value):
            return column in refs and any(value == literal.this for literal in conjunct.find_all(exp.Literal))
        case TableMention(table):
            if table == next(iter(statement.tables), None):
                return bool(refs)
            parents = {parent.table for ref in refs if (parent := statement.index.graph.parent_of(ref))}
            return table in parents or table in {ref.table for ref in refs}
    return False


def _drop_empty_members(statement: Statement) -> None:
    """`key IN (SELECT key FROM parent)` without a condition says nothing but that the key is known."""
    where = statement.tree.args.get("where")
    for conjunct in flat(where.this) if where else ():
        if isinstance(conjunct, exp.In) and (query := conjunct.args.get("query")):
            inner = query.this
            bare = isinstance(inner, exp.Select) and not any(
                inner.args.get(part) for part in ("where", "having", "joins", "limit")
            )
            refs = statement.refs(conjunct.this)
            parents = {p.table for ref in refs if (p := statement.index.graph.parent_of(ref))}
            if bare and isinstance(inner, exp.Select) and set(statement.scope(inner).values()) <= parents:
                drop(statement.tree, conjunct)
