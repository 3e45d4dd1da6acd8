"""Which tables a statement may name."""

import re

from sqlglot import exp

from rowcall_contracts.catalog import Catalog
from rowcall_sqlguard.dialects import DialectRules
from rowcall_sqlguard.verdict import Reason, Refused

# DuckDB opens what looks like a file or an address, quoted in whatever way.
_PATH = re.compile(r"[./\\:*?~]")


def require_tables(tree: exp.Expr, rules: DialectRules, catalog: Catalog | None) -> None:
    """Raises `Refused` for tables of the system, for files, and for what is not in the `catalog` where there is one."""
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not _is_common_table(table):
            _require_table(table, rules, catalog)
    if rules.in_names_tables and any(isinstance(node.args.get("field"), exp.Column) for node in tree.find_all(exp.In)):
        raise Refused(Reason.CONSTRUCT_NOT_ALLOWED, "IN with the name of a table: write IN (SELECT ...).")


def _require_table(table: exp.Table, rules: DialectRules, catalog: Catalog | None) -> None:
    name, schema = table.name.lower(), table.db.lower()
    if schema in rules.system_schemas or schema.startswith("pg_"):
        raise Refused(Reason.SYSTEM_TABLE, f"Tables of the schema {schema} may not be read.")
    if catalog is not None:
        _require_in_catalog(table, catalog)
    elif rules.paths_are_tables and _PATH.search(name + schema + table.catalog):
        raise Refused(Reason.FILE_AS_TABLE, "A file may not be read as a table.")
    elif name in rules.system_tables or name.startswith(rules.system_prefixes):
        raise Refused(Reason.SYSTEM_TABLE, f"The system table {name} may not be read.")


def _require_in_catalog(table: exp.Table, catalog: Catalog) -> None:
    known = [known for known in catalog.tables if known.name.lower() == table.name.lower()]
    # A catalog with one namespace leaves it out, and the statement may still write it.
    if not any(not table.db or known.namespace is None or known.namespace == table.db for known in known):
        raise Refused(Reason.TABLE_NOT_ALLOWED, "The statement names a table that the catalog does not have.")


def _is_common_table(table: exp.Table) -> bool:
    """Whether the name is a common table expression's there, by the scopes of ISO 9075-2, section 7.17."""
    if table.db:
        return False
    name = table.name.lower()
    child: exp.Expr = table
    while (parent := child.parent) is not None:
        if name in _visible(parent, child):
            return True
        child = parent
    return False


def _visible(parent: exp.Expr, child: exp.Expr) -> set[str]:
    """Returns the names that `parent` gives to what stands in its part `child`."""
    if isinstance(parent, exp.With):
        return _names_before(parent, child)
    with_ = parent.args.get("with_")
    return {cte.alias.lower() for cte in with_.expressions} if with_ is not None and with_ is not child else set()


def _names_before(with_: exp.With, child: exp.Expr) -> set[str]:
    names = [cte.alias.lower() for cte in with_.expressions]
    if with_.args.get("recursive"):
        return set(names)
    return set(names[: next(i for i, cte in enumerate(with_.expressions) if cte is child)])
