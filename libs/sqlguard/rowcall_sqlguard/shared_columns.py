"""Joins that compare columns by their names: USING and NATURAL."""

from collections.abc import Iterator

from sqlglot import exp

from rowcall_contracts.identifiers import fold_name
from rowcall_sqlguard.scopes import Source
from rowcall_sqlguard.verdict import Reason, Refused


def require_no_protected_share(select: exp.Select, sources: list[Source]) -> None:
    """Raises `Refused` where a join could compare a protected column of one of the `sources` of `select`."""
    protected = {name for source in sources for name in source.output.protected}
    if not protected:
        return
    for join in _joins(select):
        used = {fold_name(column.name) for column in join.args.get("using") or ()}
        if used & protected or (join.args.get("method") == "NATURAL" and _may_share(sources)):
            raise Refused(Reason.COLUMN_PROTECTED, "The join may compare a protected column; write it with ON.")


def _may_share(sources: list[Source]) -> bool:
    return any(
        other.output.columns is None or other.output.has(name)
        for source in sources
        for name in source.output.protected
        for other in sources
        if other is not source
    )


def _joins(select: exp.Select) -> Iterator[exp.Join]:
    tops = [select.args.get("from_"), *(select.args.get("joins") or ())]
    for top in tops:
        if top is not None:
            found = top.walk(prune=lambda node: isinstance(node, exp.Select | exp.SetOperation))
            yield from (node for node in found if isinstance(node, exp.Join))
