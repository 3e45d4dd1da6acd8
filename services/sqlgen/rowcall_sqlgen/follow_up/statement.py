"""A statement that can be changed: the tables it reads, what its columns refer to, and new parts bound to them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.joins import Path, Step
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import AllColumns, Join, Meaning, Measure, Predicate
from rowcall_sqlgen.engine.reserved_words import needs_quotes
from rowcall_sqlgen.engine.routes import Routes
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.follow_up.changes import NoEdit

_NO_ROLES: Mapping[str, str] = MappingProxyType({})
_AGGREGATES: Mapping[type[exp.Expr], Aggregate] = MappingProxyType(
    {
        exp.Count: Aggregate.COUNT,
        exp.Sum: Aggregate.SUM,
        exp.Avg: Aggregate.AVG,
        exp.Min: Aggregate.MIN,
        exp.Max: Aggregate.MAX,
    }
)


class Statement:
    """One SELECT. Its tree is changed in place: edit a copy."""

    def __init__(self, tree: exp.Select, index: SchemaIndex) -> None:
        self.tree = tree
        self.index = index
        self._by_lower = {name.lower(): name for name in index.tables}

    @classmethod
    def parsed(cls, sql: str, index: SchemaIndex) -> "Statement":
        """Reads a statement. Raises `NoEdit` for anything but one SELECT, such as a UNION."""
        try:
            tree = sqlglot.parse_one(sql, dialect=index.dialect.value)
        except (SqlglotError, RecursionError):
            raise NoEdit("the statement before cannot be read") from None
        if not isinstance(tree, exp.Select):
            raise NoEdit("the statement before is more than one SELECT")
        return cls(tree, index)

    def copy(self) -> "Statement":
        """Returns one that can be changed without changing this one."""
        return Statement(self.tree.copy(), self.index)

    def sql(self) -> str:
        """Returns the text, on one line."""
        return self.tree.sql(dialect=self.index.dialect.value, comments=False)

    def text(self, node: exp.Expr) -> str:
        """Returns a part as a person reads it."""
        return node.sql(dialect=self.index.dialect.value, comments=False)

    @property
    def tables(self) -> tuple[str, ...]:
        """The catalog's tables in the FROM clause, in its order, each once."""
        return tuple(dict.fromkeys(self.scope(self.tree).values()))

    @property
    def selects(self) -> tuple[exp.Select, ...]:
        """The statement itself, then the queries inside it."""
        return (self.tree, *(each for each in self.tree.find_all(exp.Select) if each is not self.tree))

    @property
    def grouped(self) -> bool:
        """Says whether a row of the result is a group."""
        return self.tree.args.get("group") is not None

    @property
    def aggregated(self) -> bool:
        """Says whether anything shown is a measure."""
        return any(is_measure(item) for item in self.tree.expressions)

    @property
    def measures(self) -> tuple[tuple[Aggregate, ColumnRef | None], ...]:
        """The functions over many rows that are shown, and of which column; those the engine does not know are not."""
        found = []
        for item in self.tree.expressions:
            measure = item.unalias()
            aggregate = _AGGREGATES.get(type(measure))
            refs = self.refs(measure)
            if aggregate and len(refs) <= 1:
                found.append((aggregate, next(iter(refs), None)))
        return tuple(found)

    @property
    def names(self) -> frozenset[str]:
        """Names that the select list gives to what it shows, in lower case."""
        return frozenset(item.alias.lower() for item in self.tree.expressions if item.alias)

    def scope(self, select: exp.Select) -> dict[str, str]:
        """Returns the catalog's tables that a SELECT reads, by the names they have in it, in lower case."""
        return dict(self._sources(select))

    def _sources(self, select: exp.Select) -> Iterator[tuple[str, str]]:
        defined = {cte.alias.lower() for cte in self.tree.find_all(exp.CTE)}
        first = select.args.get("from_")
        for source in (first, *(select.args.get("joins") or ())):
            node = source.this if source is not None else None
            if isinstance(node, exp.Table) and node.name.lower() not in defined:
                table = self._by_lower.get(node.name.lower())
                if table:
                    yield node.alias_or_name.lower(), table

    def ref(self, column: exp.Column) -> ColumnRef | None:
        """Returns which column of the catalog a column in the tree is, if that is certain."""
        select = column.parent_select
        while isinstance(select, exp.Select):
            scope = self.scope(select)
            alias = column.table.lower()
            tables = set(scope.values()) if not alias else {scope[alias]} if alias in scope else set()
            found = {ref for table in tables for ref in self.index.columns(table) if _same(ref.column, column.name)}
            if found:
                return found.pop() if len(found) == 1 else None
            select = select.parent_select
        return None

    def refs(self, node: exp.Expr) -> frozenset[ColumnRef]:
        """Returns the columns that a part reads, those of queries inside it too."""
        return frozenset(ref for column in node.find_all(exp.Column) if (ref := self.ref(column)))

    def subject(self, ref: ColumnRef) -> ColumnRef:
        """Returns the key that stands for the same row: `airlines.name` and `flights.carrier` tell apart alike."""
        key = self.index.tables[ref.table].primary_key
        if ref not in self.index.names[ref.table] and key != (ref.column,):
            return ref
        for table in self.tables:
            near = [step.near_columns for step in self.index.graph.parents(table) if step.far == ref.table]
            if len(near) == 1 and len(near[0]) == 1:
                return ColumnRef(table, near[0][0])
        return ColumnRef(ref.table, key[0]) if len(key) == 1 else ref

    def column(self, ref: ColumnRef, select: exp.Select | None = None) -> exp.Column:
        """Returns a column as it is written in a SELECT, by default the outermost; there its table is joined if needed.

        Raises `NoEdit` where the table is not there, is there twice, or would repeat rows.
        """
        select = select or self.tree
        if select is self.tree:
            self.reach(ref.table)
        scope = self.scope(select)
        names = [name for name, table in scope.items() if table == ref.table]
        if len(names) != 1:
            raise NoEdit(f"{ref.table} is read in more than one role")
        sources = 1 + len(select.args.get("joins") or ())
        table = self._identifier(names[0], select) if sources > 1 else None
        return exp.Column(this=self._quoted(ref.column), table=table)

    def reach(self, table: str) -> None:
        """Joins a table to which each row refers at most once; nothing happens when it is there already."""
        if table in self.tables:
            return
        for step in self._way(table):
            if step.far not in self.tables:
                self._join(step)

    def path(self, table: str) -> Path:
        """Returns the way from the statement's tables to another one. Raises `NoEdit` without one, `SeveralWays`."""
        ways = [start for start in self.tables if self.index.graph.paths(start, table)]
        if not ways:
            raise NoEdit(f"{table} has no link to what the statement before reads")
        routes = Routes(self.index.graph, _NO_ROLES)
        return min((routes.path(start, table) for start in ways), key=len)

    def expression(self, item: ColumnRef | Measure) -> exp.Expr:
        """Returns what is to be shown, bound to the statement."""
        if isinstance(item, ColumnRef):
            return self.column(item)
        tiny = self._tiny(Meaning(items=(item,), source=item.table))
        found: exp.Expr = self._bound(tiny, item.table, self.tree).expressions[0].unalias()
        return found

    def condition(self, predicate: Predicate, table: str, select: exp.Select | None = None) -> exp.Expr:
        """Returns a condition on rows of `table`, bound to a SELECT, by default the outermost."""
        tiny = self._tiny(Meaning(items=(AllColumns(table),), source=table, where=(predicate,)))
        found: exp.Expr = self._bound(tiny, table, select or self.tree).args["where"].this
        return found

    def _bound(self, tiny: exp.Select, table: str, select: exp.Select) -> exp.Select:
        """Writes the columns of a small query as the other SELECT names them."""
        own = [column for column in tiny.find_all(exp.Column) if column.parent_select is tiny]
        for column in own:
            if not isinstance(column.this, exp.Star):
                column.replace(self.column(ColumnRef(table, column.name), select))
        return tiny

    def _tiny(self, meaning: Meaning) -> exp.Select:
        tree = sqlglot.parse_one(write_sql(meaning, self.index.dialect, self.index.tables), dialect=self._dialect)
        if not isinstance(tree, exp.Select):
            raise NoEdit("it needs more than one SELECT")
        return tree

    def _way(self, table: str) -> Path:
        path = self.path(table)
        if not all(step.to_parent for step in path):
            raise NoEdit(f"rows of {table} would repeat those of the answer")
        return path

    def _join(self, step: Step) -> None:
        names = [name for name, table in self.scope(self.tree).items() if table == step.near]
        if len(names) != 1 or step.far.lower() in self.scope(self.tree):
            raise NoEdit(f"{step.near} is read in more than one role")
        self._qualify()
        tiny = self._tiny(Meaning(items=(AllColumns(step.near),), source=step.near, joins=(Join(step, optional=True),)))
        (join,) = tiny.args["joins"]
        for column in join.find_all(exp.Column):
            if _same(column.table, step.near):
                column.set("table", self._identifier(names[0], self.tree))
        self.tree.append("joins", join)

    def _qualify(self) -> None:
        """Says of every column whose it is, before a second table may have one of the same name."""
        for star in [item for item in self.tree.expressions if isinstance(item, exp.Star)]:
            star.replace(exp.Column(this=exp.Star(), table=self._only_source()))
        for column in list(self.tree.find_all(exp.Column)):
            ref = self.ref(column)
            if column.parent_select is not self.tree or column.table or ref is None or self._is_alias(column):
                continue
            name = next(name for name, table in self.scope(self.tree).items() if table == ref.table)
            column.set("table", self._identifier(name, self.tree))

    def _only_source(self) -> exp.Identifier:
        names = list(self.scope(self.tree))
        if len(names) != 1:
            raise NoEdit("the statement before shows all columns of several tables")
        return self._identifier(names[0], self.tree)

    def _is_alias(self, column: exp.Column) -> bool:
        return column.name.lower() in self.names and column.find_ancestor(exp.Order, exp.Having) is not None

    def _identifier(self, name: str, select: exp.Select) -> exp.Identifier:
        """Returns a source's name in the spelling of the FROM clause."""
        sources = (select.args["from_"], *(select.args.get("joins") or ()))
        spelled = next(s.this.alias_or_name for s in sources if s.this.alias_or_name.lower() == name)
        return self._quoted(spelled)

    def _quoted(self, name: str) -> exp.Identifier:
        return exp.to_identifier(name, quoted=needs_quotes(name, self.index.dialect))

    @property
    def _dialect(self) -> str:
        return self.index.dialect.value


def is_measure(item: exp.Expr) -> bool:
    """Says whether an expression aggregates rows of its own SELECT."""
    return any(found.parent_select is item.parent_select for found in item.find_all(exp.AggFunc)) and not item.find(
        exp.Window
    )


def _same(one: str, other: str) -> bool:
    return one.lower() == other.lower()
