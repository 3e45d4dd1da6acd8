"""The guard as the generators ask it: the executor enforces it, here it only saves candidates that it would refuse."""

from rowcall_contracts.catalog import Catalog
from rowcall_sqlguard import check


def may_run(sql: str, catalog: Catalog) -> bool:
    """Says whether the guard lets the statement run on the catalog's tables."""
    return check(sql, dialect=catalog.dialect, catalog=catalog).allowed
