"""What a reference statement is made of, for accuracy by construct."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlglot import exp

from rowcall_sqlgen.evaluate.parsing import parsed

_ONE_JOIN = 1
_DATES = re.compile(
    r"\b(?:date|time|datetime|julianday|strftime|unixepoch)\s*\(|\bcurrent_(?:date|time)|'\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)


def constructs_of(sql: str) -> tuple[str, ...]:
    """Returns the names of the constructs in a statement, in the order of the table below."""
    tree = parsed(sql)
    if tree is None:
        return ("unparseable",)
    dates = ("dates",) if _DATES.search(sql) else ()
    return (_joins(tree), *(name for name, has in _CONSTRUCTS.items() if has(tree)), *dates)


def _joins(tree: exp.Expr) -> str:
    count = len(list(tree.find_all(exp.Join)))
    return f"joins {count}" if count <= _ONE_JOIN else "joins 2+"


def _has(*kinds: type[exp.Expr]) -> Callable[[exp.Expr], bool]:
    return lambda tree: tree.find(*kinds) is not None


def _nested(tree: exp.Expr) -> bool:
    """Whether a SELECT stands inside another one; the sides of a set operation do not count."""
    return any(select.find_ancestor(exp.Select) is not None for select in tree.find_all(exp.Select))


_CONSTRUCTS: Mapping[str, Callable[[exp.Expr], bool]] = MappingProxyType(
    {
        "where": _has(exp.Where),
        "aggregate": _has(exp.AggFunc),
        "group by": _has(exp.Group),
        "having": _has(exp.Having),
        "order by": _has(exp.Order),
        "limit": _has(exp.Limit),
        "nested": _nested,
        "set operation": _has(exp.SetOperation),
        "distinct": _has(exp.Distinct),
        "like": _has(exp.Like),
    }
)
