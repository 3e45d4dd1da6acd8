"""Protected columns: none may influence the result, whatever the statement calls them.

The rule behind all others is non-interference: two databases that differ in protected columns alone give the same
answer. A name that could mean a protected column counts as one; only a relation that certainly has an unprotected
column of that name, nearer than the protected one, makes it harmless.
"""

from collections.abc import Iterable

from sqlglot import exp

from rowcall_contracts.column_policy import ColumnAction
from rowcall_contracts.identifiers import fold_name
from rowcall_sqlguard.dialects import DialectRules
from rowcall_sqlguard.protection import PolicyLookup, Protection
from rowcall_sqlguard.relations import Relation, aliased, join_conditions, relation_of
from rowcall_sqlguard.scopes import Output, Scope, Source
from rowcall_sqlguard.shared_columns import require_no_protected_share
from rowcall_sqlguard.stars import Expansion, Place, expand, is_count_of_rows, star_of
from rowcall_sqlguard.verdict import Reason, Refused

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)
_OF_ITS_OWN = frozenset({"with_", "order", "limit", "offset", "on"})  # parts that make a branch more than a branch
_RELATION_PARTS = frozenset({"with_", "from_", "joins", "laterals", "expressions"})


def protect_columns(tree: exp.Expr, lookup: PolicyLookup, rules: DialectRules) -> frozenset[str]:
    """Rewrites `tree` in place so that it shows no protected column, or raises `Refused`.

    Denied columns may not be named. Masked ones may be items of a SELECT list, where a constant takes their place;
    anywhere else they are refused like denied ones, for a filter on a constant would silently give a wrong answer.
    `*` is expanded without the denied columns where the catalog knows them. Where it does not, `SELECT *` over one
    relation stays, and the folded names of the columns whose values must then be blanked in the result are returned.
    """
    tables = [table for table in tree.find_all(exp.Table) if fold_name(table.name) in lookup.names]
    if not tables:
        return frozenset()
    output = _Statement(tree, lookup, rules).run()
    return frozenset(output.protected) if output.is_raw else frozenset()


class _Statement:
    """One pass over one statement."""

    def __init__(self, tree: exp.Expr, lookup: PolicyLookup, rules: DialectRules) -> None:
        self._tree = tree
        self._lookup = lookup
        self._calls = rules.functions if rules.dots_are_calls else frozenset()
        self._common: dict[str, tuple[exp.CTE, Scope | None]] = {}
        self._outputs: dict[str, Output] = {}

    def run(self) -> Output:
        return self._query(self._tree, None, Place.RELATION)

    def _query(self, query: exp.Expr, outer: Scope | None, place: Place) -> Output:
        self._declare(query.args.get("with_"), outer)
        if isinstance(query, exp.Select):
            return self._select(query, outer, place)
        if not isinstance(query, exp.SetOperation | exp.Subquery):
            raise Refused(Reason.COLUMN_PROTECTED, "Write a SELECT where a protected table is read.")
        output = self._combination(query, outer, place)
        tail = Scope(outer, [Source(name="", output=output)])
        for key in query.args.keys() - {"with_", "this", "expression", "alias", "joins"}:
            self._part(query.args[key], tail)
        _require_no_positions(query, output)
        return output

    def _combination(self, query: exp.Expr, outer: Scope | None, place: Place) -> Output:
        if isinstance(query, exp.Subquery):
            return self._query(query.this, outer, place)
        branch = Place.BRANCH if place in (Place.RELATION, Place.BRANCH) else Place.VALUE
        members = [self._query(member, outer, branch) for member in _members(query)]
        protected = {name: found for member in members for name, found in member.protected.items()}
        return Output(columns=None if query.args.get("by_name") else members[0].columns, protected=protected)

    def _select(self, select: exp.Select, outer: Scope | None, place: Place) -> Output:
        scope = Scope(outer)
        waiting: list[exp.Expr] = []
        for node in _relations(select):
            self._relation(relation_of(node), scope, waiting)
        for node in (*waiting, *join_conditions(select)):
            self._expression(node, scope)
        require_no_protected_share(select, scope.sources)
        for key in select.args.keys() - _RELATION_PARTS:
            self._part(select.args[key], scope)
        output = self._projection(select, scope, place)
        _require_no_positions(select, output)
        return output

    def _declare(self, with_: exp.With | None, outer: Scope | None) -> None:
        """Notes the common table expressions first: some databases let earlier ones use later ones."""
        ctes = with_.expressions if with_ is not None else []
        for cte in ctes:
            name = fold_name(cte.alias)
            if name in self._common or name in self._lookup.names:
                raise Refused(
                    Reason.COLUMN_PROTECTED, "With protected tables, each WITH needs a name of its own: rename it."
                )
            self._common[name] = (cte, outer)
        for cte in ctes:
            self._common_output(fold_name(cte.alias))

    def _common_output(self, name: str) -> Output:
        if name not in self._outputs:
            cte, outer = self._common[name]
            self._outputs[name] = Output()  # what a recursive one sees of itself
            self._outputs[name] = aliased(self._query(cte.this, outer, Place.RELATION), cte.args.get("alias"))
        return self._outputs[name]

    def _relation(self, relation: Relation, scope: Scope, waiting: list[exp.Expr]) -> Output:
        """Adds the relation's sources to `scope`, and its expressions to `waiting`: they may see later sources."""
        waiting.extend(relation.expressions)
        if relation.joined:
            outputs = [self._relation(joined, scope, waiting) for joined in relation.joined]
            output = outputs[0] if len(outputs) == 1 else _merged(outputs)
        elif relation.query is not None:
            output = self._query(relation.query, scope, Place.RELATION)
        elif relation.table is not None:
            output = self._table(relation.table)
        else:
            output = Output()
        output = aliased(output, relation.alias)
        if relation.name or not relation.joined:
            scope.sources.append(
                Source(
                    name=fold_name(relation.name),
                    output=output,
                    alias=relation.identifier,
                    table=fold_name(relation.table.name) if relation.table is not None else "",
                    calls=self._calls,
                )
            )
        return output

    def _table(self, table: exp.Table) -> Output:
        name = fold_name(table.name)
        if not table.db and name in self._common:
            return self._common_output(name)
        if self._lookup.is_denied(table):
            raise Refused(Reason.TABLE_DENIED, "The policy of this connection forbids a table of the statement.")
        return Output(columns=self._lookup.columns(table), protected=self._lookup.protections(table))

    def _projection(self, select: exp.Select, scope: Scope, place: Place) -> Output:
        expansion = Expansion()
        for item in select.expressions:
            star = star_of(item)
            if star is not None:
                for key in star.args.keys() - {"except_"}:
                    self._part(star.args[key], scope)
                expand(item, scope=scope, select=select, place=place, into=expansion)
            else:
                self._item(item, scope, place, expansion)
        select.set("expressions", expansion.items)
        return expansion.output()

    def _item(self, item: exp.Expr, scope: Scope, place: Place, into: Expansion) -> None:
        column = item.unalias()
        found = scope.protection(column) if isinstance(column, exp.Column) else None
        if found is None:
            self._expression(item, scope)
            into.add(item)
        elif found.action is ColumnAction.MASK and place in (Place.RELATION, Place.BRANCH):
            into.add_masked(item, found)
        else:
            raise _refusal(found)

    def _part(self, part: object, scope: Scope) -> None:
        for node in part if isinstance(part, list) else [part]:
            if isinstance(node, exp.Expr):
                self._expression(node, scope)

    def _expression(self, root: exp.Expr, scope: Scope) -> None:
        for node in root.walk(prune=_is_opaque):
            if isinstance(node, _QUERIES):
                exists = isinstance(node.parent, exp.Exists)
                self._query(node, scope, Place.EXISTS if exists else Place.VALUE)
            else:
                _require_harmless_name(node, scope)


def _is_opaque(node: exp.Expr) -> bool:
    return isinstance(node, _QUERIES)


def _require_harmless_name(node: exp.Expr, scope: Scope) -> None:
    found: Protection | None = None
    if isinstance(node, exp.Star):
        if not is_count_of_rows(node) and scope.sees_protected():
            raise Refused(Reason.COLUMN_PROTECTED, "The * stands for protected columns; name those that you want.")
    elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        raise Refused(Reason.COLUMN_PROTECTED, "A table may only stand in FROM where a protected one is read.")
    elif isinstance(node, exp.Column):
        found = _column(node, scope)
    elif isinstance(node, exp.Var) or (isinstance(node, exp.Identifier) and not _is_new_name(node)):
        found = scope.protection_of_name(fold_name(node.name), may_be_row=True)
    elif isinstance(node, exp.Func) and not any(node.args.values()):
        # What sqlglot takes for a call without brackets, such as LOCALTIME, may be a column to the database.
        names = (fold_name(name) for name in node.sql_names())
        found = next(filter(None, (scope.protection_of_name(name, may_be_row=True) for name in names)), None)
    if found is not None:
        raise _refusal(found)


def _column(column: exp.Column, scope: Scope) -> Protection | None:
    if isinstance(column.this, exp.Star):
        if any(source.output.protected for source in scope.rows(column)):
            raise Refused(Reason.COLUMN_PROTECTED, "A whole row has protected columns; name the columns that you want.")
        return None
    return scope.protection(column)


def _is_new_name(identifier: exp.Identifier) -> bool:
    return isinstance(identifier.parent, exp.Column | exp.Alias | exp.TableAlias)


def _refusal(found: Protection) -> Refused:
    use = "may not be used" if found.action is ColumnAction.DENY else "may only be an item of the SELECT list"
    return Refused(Reason.COLUMN_PROTECTED, f"The column {found.column} is protected and {use}; leave it out.")


def _require_no_positions(query: exp.Expr, output: Output) -> None:
    """`ORDER BY 3` and `GROUP BY ALL` name columns by what `*` will stand for."""
    if not output.is_raw:
        return
    order = query.args.get("order")
    keys = order.expressions if order is not None else []
    if query.args.get("group") or query.args.get("distinct") or not all(key.find(exp.Column) for key in keys):
        raise Refused(Reason.COLUMN_PROTECTED, "The * stands for protected columns; name those that you want.")


def _members(query: exp.Expr) -> Iterable[exp.Expr]:
    """Returns the branches of a chain of set operations in their order; chains can be too long to recurse."""
    waiting, found = [query], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.SetOperation) and (node is query or not _OF_ITS_OWN & _given(node)):
            waiting += [node.expression, node.this]
        else:
            found.append(node)
    return found


def _given(node: exp.Expr) -> set[str]:
    return {key for key, value in node.args.items() if value}


def _relations(select: exp.Select) -> list[exp.Expr]:
    from_ = select.args.get("from_")
    first = [from_.this] if from_ is not None else []
    return [*first, *(join.this for join in select.args.get("joins") or ()), *(select.args.get("laterals") or ())]


def _merged(outputs: list[Output]) -> Output:
    protected = {name: found for output in outputs for name, found in output.protected.items()}
    return Output(protected=protected)
