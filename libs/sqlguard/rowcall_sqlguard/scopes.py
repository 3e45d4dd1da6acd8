"""What the names inside a query may mean: the relations of its FROM, and those of the queries around it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sqlglot import exp

from rowcall_contracts.identifiers import fold_name
from rowcall_sqlguard.protection import NOTHING, Protection, Protections
from rowcall_sqlguard.verdict import Reason, Refused


@dataclass(frozen=True, kw_only=True)
class Output:
    """What a query or a relation gives. `columns` is `None` where not all names are known.

    `is_raw` says that the protected values themselves come out, under their own names, because `*` could not be
    expanded.
    """

    columns: tuple[str, ...] | None = None
    protected: Protections = field(default_factory=lambda: NOTHING)
    is_raw: bool = False

    def has(self, column: str) -> bool:
        """Whether the folded name is certainly one of the columns."""
        return self.columns is not None and any(fold_name(known) == column for known in self.columns)


@dataclass(frozen=True, kw_only=True)
class Source:
    """A relation in FROM under its folded name. `table` is the folded name of the base table behind an alias.

    `calls` are the functions that may take its row when they are written as its column; PostgreSQL reads t.f as f(t)
    where the table has no column f.
    """

    name: str
    output: Output
    alias: exp.Identifier | None = None
    table: str = ""
    calls: frozenset[str] = frozenset()


@dataclass(eq=False)
class Scope:
    """The sources of one query, within those of the query around it."""

    outer: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)

    def named(self, name: str) -> list[Source]:
        """Returns the innermost sources of that folded name."""
        for scope in self._outwards():
            if found := [source for source in scope.sources if source.name == name]:
                return found
        return [source for scope in self._outwards() for source in scope.sources if source.table == name]

    def sees_protected(self) -> bool:
        """Whether any name here could mean a protected column."""
        return any(source.output.protected for scope in self._outwards() for source in scope.sources)

    def protection(self, column: exp.Column) -> Protection | None:
        """Returns the protection of what `column` may mean. Raises `Refused` for a whole row with protected columns."""
        parts = [fold_name(part.name) for part in column.parts]
        if len(parts) == 1:
            return self.protection_of_name(parts[0], may_be_row=True)
        for qualifier, name in pairwise(parts):
            for source in self.named(qualifier):
                if found := _member(source, name):
                    return found
        if not self.named(parts[-2]):
            self._require_no_row(parts[-1])
        # The first part may be a column with a structure of its own, even where a relation has the same name.
        return self.protection_of_name(parts[0], may_be_row=False)

    def rows(self, star: exp.Column) -> list[Source]:
        """Returns the sources that `t.*` may mean. Raises `Refused` where it may be the parts of a protected column."""
        qualifiers = [fold_name(part.name) for part in star.parts[:-1]]
        if any(self.protection_of_name(name, may_be_row=False) for name in qualifiers):
            raise Refused(Reason.COLUMN_PROTECTED, "The name before .* may be a protected column.")
        return self.named(qualifiers[-1])

    def protection_of_name(self, name: str, *, may_be_row: bool) -> Protection | None:
        """Like `protection`, of a name that stands alone."""
        for scope in self._outwards():
            for source in scope.sources:
                if name in source.output.protected:
                    return source.output.protected[name]
            if any(source.output.has(name) for source in scope.sources):
                return None
            if may_be_row:
                scope._require_no_own_row(name)
        return None

    def _require_no_row(self, name: str) -> None:
        for scope in self._outwards():
            scope._require_no_own_row(name)

    def _require_no_own_row(self, name: str) -> None:
        if any(source.output.protected for source in self.sources if name in (source.name, source.table)):
            raise Refused(Reason.COLUMN_PROTECTED, "A whole row has protected columns; name the columns that you want.")

    def _outwards(self) -> "Iterator[Scope]":
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


def _member(source: Source, name: str) -> Protection | None:
    output = source.output
    if name in output.protected:
        return output.protected[name]
    if output.protected and source.calls and not output.has(name) and (output.columns or name in source.calls):
        raise Refused(Reason.COLUMN_PROTECTED, "The name after a protected table may be a call with its whole row.")
    return None
