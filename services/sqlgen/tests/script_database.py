"""A SQLite file made by a script, and its catalog as the executor reads it."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rowcall_contracts.catalog import Catalog
from rowcall_databases import AccessPolicy, open_database, parse_uri


def made_by(script: str, path: Path) -> Path:
    """Runs the script in a new file and returns its path."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def introspected(path: Path) -> Catalog:
    """Returns the catalog of a SQLite file, profiled on Monday, 16 June 2025."""

    async def read() -> Catalog:
        policy = AccessPolicy(file_roots=(path.parent,))
        database = open_database(parse_uri(f"sqlite:///{path}", policy), now=lambda: datetime(2025, 6, 16, tzinfo=UTC))
        try:
            return await database.introspect()
        finally:
            await database.close()

    return asyncio.run(read())
