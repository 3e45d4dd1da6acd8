"""What differs between dialects: callable names, and where the system keeps its tables."""

from dataclasses import dataclass

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard.functions import DUCKDB_FUNCTIONS, MYSQL_FUNCTIONS, POSTGRES_FUNCTIONS, SQLITE_FUNCTIONS
from rowcall_sqlguard.postgres_relations import POSTGRES_RELATIONS


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
    key_aliases: frozenset[str] = frozenset()  # names by which a table's integer key can be read as well
    in_names_tables: bool = False  # x IN name reads the table of that name
    always_recursive: bool = False  # a common table expression sees itself without the word RECURSIVE


_RULES: dict[Dialect, DialectRules] = {
    Dialect.SQLITE: DialectRules(
        functions=SQLITE_FUNCTIONS,
        system_tables=frozenset({"bytecode", "dbstat", "fts3tokenize", "tables_used"}),
        system_prefixes=("sqlite_", "pragma_"),
        key_aliases=frozenset({"rowid", "oid", "_rowid_"}),  # https://sqlite.org/lang_createtable.html#rowid
        in_names_tables=True,
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
    Dialect.MYSQL: DialectRules(
        functions=MYSQL_FUNCTIONS,
        system_schemas=frozenset({"information_schema", "mysql", "performance_schema", "sys"}),
    ),
}


def rules_for(dialect: Dialect) -> DialectRules:
    """Returns the rules of `dialect`."""
    return _RULES[dialect]
