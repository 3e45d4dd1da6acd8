"""The guard as the generators ask it: the executor enforces it, here it only saves candidates that it would refuse."""

from rowcall_contracts.catalog import Catalog
from rowcall_sqlguard import check, screen


def may_run(sql: str, catalog: Catalog) -> bool:
    """Says whether the guard lets the statement, whoever wrote it, run on the catalog's tables."""
    return check(sql, dialect=catalog.dialect, catalog=catalog).allowed


def own_may_run(sql: str, catalog: Catalog) -> bool:
    """The same of a statement such as the engine writes, which is always written again as it was read; much cheaper."""
    return screen(sql, dialect=catalog.dialect, catalog=catalog)
