"""What becomes of `*` and `t.*` where protected columns are among what they stand for."""

from dataclasses import dataclass, field
from enum import Enum, auto

from sqlglot import exp

from rowcall_contracts.column_policy import ColumnAction
from rowcall_contracts.identifiers import fold_name
from rowcall_sqlguard.protection import Protection
from rowcall_sqlguard.scopes import Output, Scope, Source
from rowcall_sqlguard.verdict import Reason, Refused


class Place(Enum):
    """Where a SELECT stands: what its columns turn into."""

    RELATION = auto()  # the result, or a table to the query around it
    BRANCH = auto()  # of a set operation, which compares rows
    VALUE = auto()  # a value in an expression
    EXISTS = auto()  # only whether there are rows


@dataclass
class Expansion:
    """The items of a SELECT list as they will run, and what is known of their names."""

    items: list[exp.Expr] = field(default_factory=list)
    names: list[str] = field(default_factory=list)  # empty where only the database knows
    protected: dict[str, Protection] = field(default_factory=dict)
    is_raw: bool = False

    def add(self, item: exp.Expr) -> None:
        """Keeps an item as it is."""
        self.items.append(item)
        self.names.append(item.alias_or_name if isinstance(item, exp.Alias | exp.Column) else "")

    def add_masked(self, item: exp.Expr, protection: Protection) -> None:
        """Shows a constant under the item's name."""
        name = item.args["alias"] if isinstance(item, exp.Alias) else item.this
        self.items.append(exp.Alias(this=protection.mask(), alias=_identifier(name)))
        self.names.append(name.name)
        self.protected[fold_name(name.name)] = protection

    def output(self) -> Output:
        """Returns what the SELECT gives."""
        columns = tuple(self.names) if all(self.names) else None
        return Output(columns=columns, protected=self.protected, is_raw=self.is_raw)


def star_of(item: exp.Expr) -> exp.Star | None:
    """Returns the star of `*` or `t.*`."""
    star = item.this if isinstance(item, exp.Column) else item
    return star if isinstance(star, exp.Star) else None


def is_count_of_rows(star: exp.Star) -> bool:
    """Whether the star is that of `count(*)`, which reads no column."""
    return isinstance(star.parent, exp.Count) and not any(star.args.values())


def expand(item: exp.Expr, *, scope: Scope, select: exp.Select, place: Place, into: Expansion) -> None:
    """Adds what `*` or `t.*` stands for, or `item` itself where it is harmless. Raises `Refused` where it is not."""
    star = star_of(item)
    assert star is not None
    sources = scope.rows(item) if isinstance(item, exp.Column) else scope.sources
    left_out = _left_out(star)
    if _counts_rows(select, place) or all(source.output.protected.keys() <= left_out for source in sources):
        into.items.append(item)
        into.names.append("")
    elif all(source.output.columns for source in sources if source.output.protected):
        _require_unmerged(item, star, select)
        for source in sources:
            _require_no_masked_value(source, place)
            _expand_source(source, left_out, into)
    else:
        _require_alone(star, sources, select=select, place=place)
        into.items.append(item)
        into.names.append("")
        into.protected.update(sources[0].output.protected)
        into.is_raw = True


def _counts_rows(select: exp.Select, place: Place) -> bool:
    """Whether EXISTS only asks for rows; those of DISTINCT or GROUP BY would depend on what is in them."""
    return place is Place.EXISTS and not select.args.get("distinct") and not select.args.get("group")


def _require_no_masked_value(source: Source, place: Place) -> None:
    """A comparison with a masked column would silently be one with a constant."""
    masked = any(found.action is ColumnAction.MASK for found in source.output.protected.values())
    if masked and place in (Place.VALUE, Place.EXISTS):
        raise _refusal()


def _left_out(star: exp.Star) -> set[str]:
    """Returns the folded names after EXCLUDE."""
    return {fold_name(column.name) for column in star.args.get("except_") or []} if _is_simple(star) else set()


def _is_simple(star: exp.Star) -> bool:
    """Whether the star is `*` or `* EXCLUDE (name)`; a qualified name leaves out one of several columns."""
    columns = star.args.get("except_") or []
    qualified = any(isinstance(column, exp.Column) and column.table for column in columns)
    return not qualified and not any(value for key, value in star.args.items() if key != "except_")


def _require_unmerged(item: exp.Expr, star: exp.Star, select: exp.Select) -> None:
    joins = select.args.get("joins") or ()
    merges = any(join.args.get("using") or join.args.get("method") == "NATURAL" for join in joins)
    if (merges and item is star) or not _is_simple(star):
        raise _refusal()


def _expand_source(source: Source, left_out: set[str], into: Expansion) -> None:
    if source.alias is None:
        raise _refusal()
    table = exp.to_identifier(source.alias.name, quoted=source.alias.quoted)
    if not source.output.protected and not left_out:
        into.items.append(exp.Column(this=exp.Star(), table=table))
        into.names.extend(source.output.columns or ("",))
        return
    for name in source.output.columns or ():
        found = source.output.protected.get(fold_name(name))
        column = exp.column(exp.to_identifier(name, quoted=True), table=table.copy())
        if fold_name(name) in left_out or (found is not None and found.action is ColumnAction.DENY):
            continue
        if found is None:
            into.add(column)
        else:
            into.add_masked(column, found)


def _require_alone(star: exp.Star, sources: list[Source], *, select: exp.Select, place: Place) -> None:
    """Databases rename the second column of a name; with one star over one relation there is no second."""
    if place is not Place.RELATION or len(select.expressions) != 1 or len(sources) != 1 or any(star.args.values()):
        raise _refusal()


def _identifier(name: exp.Expr) -> exp.Identifier:
    return exp.to_identifier(name.name, quoted=not isinstance(name, exp.Identifier) or bool(name.args.get("quoted")))


def _refusal() -> Refused:
    return Refused(Reason.COLUMN_PROTECTED, "The * stands for protected columns; name those that you want.")
