"""What differs between dialects: callable names, and where the system keeps its tables."""

from dataclasses import dataclass
from typing import Literal

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard.functions import DUCKDB_FUNCTIONS, MYSQL_FUNCTIONS, POSTGRES_FUNCTIONS, SQLITE_FUNCTIONS
from rowcall_sqlguard.postgres_relations import POSTGRES_RELATIONS

GuardedDialect = Dialect | Literal["mysql"]
"""MySQL is guarded although no connection speaks it yet."""


@dataclass(frozen=True, kw_only=True)
class DialectRules:
    """All names are lower case."""

    functions: frozenset[str]
    function_schemas: frozenset[str] = frozenset()  # schemas by which a function's name may be qualified
    system_schemas: frozenset[str] = frozenset({"information_schema"})
    system_tables: frozenset[str] = frozenset()
    system_prefixes: tuple[str, ...] = ()
    paths_are_tables: bool = False  # FROM 'file.csv' reads the file
    dots_are_calls: bool = False  # (value).name calls the function of that name
    always_recursive: bool = False  # a common table expression sees itself without the word RECURSIVE


_RULES: dict[str, DialectRules] = {
    Dialect.SQLITE: DialectRules(
        functions=SQLITE_FUNCTIONS,
        system_tables=frozenset({"bytecode", "dbstat", "fts3tokenize", "tables_used"}),
        system_prefixes=("sqlite_", "pragma_"),
        always_recursive=True,
    ),
    Dialect.DUCKDB: DialectRules(
        functions=DUCKDB_FUNCTIONS,
        system_schemas=frozenset({"information_schema", "pg_catalog"}),
        system_tables=POSTGRES_RELATIONS,
        system_prefixes=("duckdb_", "sqlite_", "pragma_"),
        paths_are_tables=True,
    ),
    Dialect.POSTGRES: DialectRules(
        functions=POSTGRES_FUNCTIONS,
        function_schemas=frozenset({"pg_catalog"}),
        system_schemas=frozenset({"information_schema", "pg_catalog", "pg_toast", "pg_temp"}),
        system_tables=POSTGRES_RELATIONS,
        dots_are_calls=True,
    ),
    "mysql": DialectRules(
        functions=MYSQL_FUNCTIONS,
        system_schemas=frozenset({"information_schema", "mysql", "performance_schema", "sys"}),
    ),
}


def rules_for(dialect: GuardedDialect) -> DialectRules:
    """Returns the rules of `dialect`."""
    return _RULES[dialect]
