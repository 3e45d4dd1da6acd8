"""When a name has to be quoted."""

import re

from rowcall_contracts.catalog import Dialect

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_PLAIN_ANY_CASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_RESERVED = frozenset(
    """
    add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both case
    cast check collate collation column commit concurrently constraint create cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user default deferrable delete desc describe
    distinct do drop else end escape except exists false fetch for foreign freeze from full grant group having ilike in
    index initially inner insert intersect into is isnull join lambda lateral leading left like limit localtime
    localtimestamp natural not nothing notnull null offset on only or order outer overlaps pivot placing primary qualify
    references returning right select session_user set show similar some summarize symmetric system_user table
    tablesample then to trailing transaction true union unique unpivot update user using values variadic verbose when
    where window with
    """.split()
)
"""Keywords of PostgreSQL 18 (appendix C), SQLite 3.50 (lang_keywords) and DuckDB that some clause would trip over.

MySQL's own are not repeated here: sqlglot's generator for MySQL quotes them itself.
"""


def needs_quotes(name: str, dialect: Dialect) -> bool:
    """Says whether a name must be quoted to mean itself; PostgreSQL folds unquoted names to lower case."""
    plain = _PLAIN if dialect is Dialect.POSTGRES else _PLAIN_ANY_CASE
    return not plain.fullmatch(name) or name.lower() in _RESERVED
