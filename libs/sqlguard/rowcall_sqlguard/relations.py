"""The shapes of what stands in FROM."""

from dataclasses import dataclass

from sqlglot import exp

from rowcall_sqlguard.scopes import Output
from rowcall_sqlguard.verdict import Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One item of FROM: a named table, a query, several joined ones in brackets, or none of these (a function).

    `expressions` are what it computes with: arguments of functions, conditions of joins inside brackets.
    """

    alias: exp.TableAlias | None = None
    table: exp.Table | None = None
    query: exp.Expr | None = None
    joined: "tuple[Relation, ...]" = ()
    expressions: tuple[exp.Expr, ...] = ()

    @property
    def identifier(self) -> exp.Identifier | None:
        """The name by which its columns are qualified."""
        if self.alias is not None and isinstance(self.alias.this, exp.Identifier):
            return self.alias.this
        return self.table.this if self.table is not None and isinstance(self.table.this, exp.Identifier) else None

    @property
    def name(self) -> str:
        """The text of `identifier`, empty where there is none."""
        return self.identifier.name if self.identifier is not None else ""


def relation_of(node: exp.Expr) -> Relation:
    """Returns the shape of an item of FROM. Joins inside brackets hang at the first relation in them."""
    joins = node.args.get("joins")
    if not joins:
        return _alone(node)
    joined = (_alone(node), *(relation_of(join.this) for join in joins))
    return Relation(joined=joined, expressions=tuple(join_conditions(node)))


def join_conditions(query: exp.Expr) -> list[exp.Expr]:
    """Returns what stands in ON."""
    return [join.args["on"] for join in query.args.get("joins") or () if join.args.get("on") is not None]


def aliased(output: Output, alias: exp.TableAlias | None) -> Output:
    """Returns `output` under the alias's own column names. Raises `Refused` where those could hide protected ones."""
    renamed = alias.columns if alias is not None else []
    if not renamed:
        return output
    if output.protected:
        raise Refused(Reason.COLUMN_PROTECTED, "Columns of a protected table may not be renamed by their position.")
    return Output()


def _alone(node: exp.Expr) -> Relation:
    alias = node.args.get("alias")
    match node:
        case exp.Table() if isinstance(node.this, exp.Identifier):
            return Relation(alias=alias, table=node, expressions=_others(node, {"this", "db", "catalog"}))
        case exp.Lateral() if isinstance(node.this, exp.Subquery):
            return Relation(alias=alias, query=node.this)
        case exp.Subquery() if isinstance(node.this, exp.Select | exp.SetOperation):
            return Relation(alias=alias, query=node)
        case exp.Subquery():
            return Relation(alias=alias, joined=(relation_of(node.this),))
        case _:
            return Relation(alias=alias, expressions=_others(node, set()))


def _others(node: exp.Expr, known: set[str]) -> tuple[exp.Expr, ...]:
    values = (value for key, value in node.args.items() if key not in known | {"alias", "joins"})
    nodes = (item for value in values for item in (value if isinstance(value, list) else [value]))
    return tuple(item for item in nodes if isinstance(item, exp.Expr))
