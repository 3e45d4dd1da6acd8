"""The column policy, looked up by the tables of a statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Table
from rowcall_contracts.column_policy import ColumnAction, ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_contracts.identifiers import fold_name

_TEXT_MASK = "***"


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What the policy says about one column. `is_text` is false where the catalog does not say so."""

    column: str
    action: ColumnAction
    is_text: bool = False

    def mask(self) -> exp.Expr:
        """Returns the constant that is shown instead: `'***'` for text, else NULL, which fits every type."""
        return exp.Literal.string(_TEXT_MASK) if self.is_text else exp.Null()


Protections = Mapping[str, Protection]
"""By the column's folded name."""

NOTHING: Protections = {}


@dataclass(frozen=True)
class PolicyLookup:
    """A policy over the tables of a catalog, or over tables that nobody knows."""

    policy: ColumnPolicy
    catalog: Catalog | None
    key_aliases: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> frozenset[str]:
        """Folded names of all tables that the policy is about."""
        denied = {fold_name(entry.table) for entry in self.policy.denied_tables}
        return frozenset(denied.union(fold_name(entry.table) for entry in self.policy.protected if entry.columns))

    def is_denied(self, table: exp.Table) -> bool:
        """Whether the base table may not be read at all."""
        return any(_meets(entry, table) for entry in self.policy.denied_tables)

    def protections(self, table: exp.Table) -> Protections:
        """Returns the protected columns of the base table."""
        found: dict[str, Protection] = {}
        known = self._known(table)
        for entry in self.policy.protected:
            if _meets(entry, table):
                for column, action in entry.columns.items():
                    _add(found, Protection(column=column, action=action, is_text=_is_text(known, column)))
        if any(_may_be_key(known, name) for name in found):
            for alias in self.key_aliases:
                _add(found, Protection(column=alias, action=ColumnAction.DENY))
        return found

    def columns(self, table: exp.Table) -> tuple[str, ...] | None:
        """Returns all columns of the base table, `None` where the catalog does not tell them for certain."""
        known = self._known(table)
        return tuple(column.name for column in known[0].columns) or None if len(known) == 1 else None

    def _known(self, table: exp.Table) -> list[Table]:
        if self.catalog is None:
            return []
        name, namespace = fold_name(table.name), fold_name(table.db)
        return [
            known
            for known in self.catalog.tables
            if fold_name(known.name) == name
            and (not namespace or known.namespace is None or fold_name(known.namespace) == namespace)
        ]


def _meets(entry: ProtectedTable | DeniedTable, table: exp.Table) -> bool:
    """A name without a namespace may be that of any."""
    if fold_name(entry.table) != fold_name(table.name):
        return False
    return not table.db or entry.namespace is None or fold_name(entry.namespace) == fold_name(table.db)


def _add(found: dict[str, Protection], protection: Protection) -> None:
    name = fold_name(protection.column)
    if name not in found or protection.action is ColumnAction.DENY:
        found[name] = protection


def _is_text(known: list[Table], name: str) -> bool:
    columns = [column for table in known for column in table.columns if _is_named(column, name)]
    return bool(columns) and all(column.kind is ColumnKind.TEXT for column in columns)


def _may_be_key(known: list[Table], name: str) -> bool:
    return not known or any([fold_name(key) for key in table.primary_key] == [name] for table in known)


def _is_named(column: Column, name: str) -> bool:
    return fold_name(column.name) == fold_name(name)
