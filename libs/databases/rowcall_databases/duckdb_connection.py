"""A DuckDB connection that can only read its one file and cannot be reconfigured."""

from pathlib import Path

import duckdb

from rowcall_databases.duckdb_errors import translated_errors

# https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
_SECURED = {
    "enable_external_access": "false",
    "lock_configuration": "true",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",  # else FROM finds this process's variables
    "temp_directory": "",  # else a spill is written beside the database file
    "memory_limit": "512MB",
    "threads": "2",
}


def open_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """Opens `path`; all connections of this process to one file share an engine, so they share these settings too."""
    with translated_errors():
        return duckdb.connect(str(path), read_only=True, config=dict(_SECURED))
