"""Functions that SQL may call, per dialect. Everything that is not listed is refused.

Listed is what computes a value from its arguments, the rows or the clock. Left out is what reads or writes files,
sequences, settings, locks, sessions, the network or the system's inside, what runs SQL given as text, what waits, and
what raises on demand. `rowcall_sqlguard.expansion` bounds those that can make much out of little.
"""

from rowcall_sqlguard.functions.duckdb import DUCKDB_FUNCTIONS
from rowcall_sqlguard.functions.mysql import MYSQL_FUNCTIONS
from rowcall_sqlguard.functions.postgres import POSTGRES_FUNCTIONS
from rowcall_sqlguard.functions.sqlite import SQLITE_ENGINE_FUNCTIONS, SQLITE_FUNCTIONS
from rowcall_sqlguard.functions.typed import TYPED_FUNCTIONS

__all__ = [
    "DUCKDB_FUNCTIONS",
    "MYSQL_FUNCTIONS",
    "POSTGRES_FUNCTIONS",
    "SQLITE_ENGINE_FUNCTIONS",
    "SQLITE_FUNCTIONS",
    "TYPED_FUNCTIONS",
]
