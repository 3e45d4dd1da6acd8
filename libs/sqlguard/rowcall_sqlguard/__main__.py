"""`python -m rowcall_sqlguard`: JSON lines `{id, dialect, sql, protected?}` in, `{id, allowed, reason, rewritten}` out.

`dialect` is sqlite, duckdb, postgres, mysql, or any: allowed only if all four allow it.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from rowcall_contracts.catalog import Dialect

from rowcall_sqlguard.checking import check
from rowcall_sqlguard.verdict import Reason, Verdict

_DIALECTS = {**{dialect.value: (dialect,) for dialect in Dialect}, "mysql": ("mysql",)}
...
