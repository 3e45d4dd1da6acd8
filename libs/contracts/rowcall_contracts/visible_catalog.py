"""What of a catalog may be kept and shown under a column policy."""

from collections import defaultdict
from collections.abc import Mapping

from rowcall_contracts.catalog import Catalog, Column, ColumnProfile, ForeignKey, Table
from rowcall_contracts.column_policy import ColumnAction, ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_contracts.identifiers import fold_name

Actions = Mapping[str, ColumnAction]
"""By a column's folded name."""


def without_protected_values(catalog: Catalog, policy: ColumnPolicy | None) -> Catalog:
    """Returns the catalog with its whole structure, but nothing of the cells of protected columns and denied tables."""
    if policy is None:
        return catalog
    entries = _Entries(policy)
    tables = tuple(_without_values(table, entries) for table in catalog.tables)
    return catalog.model_copy(update={"tables": tables})


def table_without_protected_values(table: Table, policy: ColumnPolicy) -> Table:
    """Returns one table of `without_protected_values`."""
    return _without_values(table, _Entries(policy))


def visible_catalog(catalog: Catalog, policy: ColumnPolicy | None) -> Catalog:
    """Returns the catalog as if denied tables and columns were not there, and without values of masked columns."""
    if policy is None:
        return catalog
    entries = _Entries(policy)
    hidden = {fold_name(table.name): entries.hidden(table) for table in catalog.tables}
    shown = (table for table in catalog.tables if not entries.are_denying(table))
    tables = tuple(_visible_table(table, entries, hidden) for table in shown)
    return catalog.model_copy(update={"tables": tables})


def is_about(entry: ProtectedTable | DeniedTable, table: Table) -> bool:
    """Says whether the entry names the table."""
    return fold_name(entry.table) == fold_name(table.name) and _may_be_in(entry.namespace, table)


class _Entries:
    """A policy by the folded names of its tables."""

    def __init__(self, policy: ColumnPolicy) -> None:
        self._protected: dict[str, list[ProtectedTable]] = defaultdict(list)
        self._denied: dict[str, list[DeniedTable]] = defaultdict(list)
        for entry in policy.protected:
            self._protected[fold_name(entry.table)].append(entry)
        for denied in policy.denied_tables:
            self._denied[fold_name(denied.table)].append(denied)

    def are_denying(self, table: Table) -> bool:
        return any(_may_be_in(entry.namespace, table) for entry in self._denied.get(fold_name(table.name), ()))

    def actions(self, table: Table) -> Actions:
        found: dict[str, ColumnAction] = {}
        for entry in self._protected.get(fold_name(table.name), ()):
            named = entry.columns.items() if _may_be_in(entry.namespace, table) else ()
            for name, action in named:
                if found.get(fold_name(name)) is not ColumnAction.DENY:
                    found[fold_name(name)] = action
        return found

    def hidden(self, table: Table) -> frozenset[str] | None:
        """Returns the folded names of denied columns; `None` means all."""
        if self.are_denying(table):
            return None
        return frozenset(name for name, action in self.actions(table).items() if action is ColumnAction.DENY)


Hidden = Mapping[str, frozenset[str] | None]
"""By a table's folded name."""


def _without_values(table: Table, entries: _Entries) -> Table:
    actions, denied = entries.actions(table), entries.are_denying(table)
    if not actions and not denied:
        return table
    columns = (_bare(column) if denied or fold_name(column.name) in actions else column for column in table.columns)
    return table.model_copy(update={"columns": tuple(columns)})


def _bare(column: Column) -> Column:
    return column.model_copy(update={"profile": ColumnProfile()})


def _visible_table(table: Table, entries: _Entries, hidden: Hidden) -> Table:
    plain, own = _without_values(table, entries), entries.hidden(table)
    keys = tuple(key for key in table.foreign_keys if _is_visible(key, own, hidden))
    if not own and len(keys) == len(table.foreign_keys):
        return plain
    columns = tuple(column for column in plain.columns if not _any_of((column.name,), own))
    primary_key = () if _any_of(table.primary_key, own) else table.primary_key
    return plain.model_copy(update={"columns": columns, "primary_key": primary_key, "foreign_keys": keys})


def _is_visible(key: ForeignKey, own: frozenset[str] | None, hidden: Hidden) -> bool:
    referred = hidden.get(fold_name(key.referred_table), frozenset())
    return not _any_of(key.columns, own) and not _any_of(key.referred_columns, referred)


def _any_of(names: tuple[str, ...], hidden: frozenset[str] | None) -> bool:
    return hidden is None or any(fold_name(name) in hidden for name in names)


def _may_be_in(namespace: str | None, table: Table) -> bool:
    return namespace is None or table.namespace is None or fold_name(namespace) == fold_name(table.namespace)
