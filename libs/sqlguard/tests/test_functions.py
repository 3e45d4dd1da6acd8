"""The function lists against the engines they speak of."""

import sqlite3

import duckdb
import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import check
from rowcall_sqlguard.functions import DUCKDB_FUNCTIONS, MYSQL_FUNCTIONS, POSTGRES_FUNCTIONS, SQLITE_FUNCTIONS

ARGUMENTS = (
    *("", "a", "a, b", "a, b, c", "a, b, c, d", "'x'", "1", "1, 2", "'x', 1", "'x', a", "a, 1"),
    *("a FROM b", "a IN b", "a, INTERVAL 1 day"),
)
SHAPES = ("SELECT {call} FROM t", "SELECT {call} OVER (ORDER BY a) FROM t", "SELECT * FROM {call} AS x")

# DuckDB says of these that they have side effects; what it means is that they give another value at each call.
DIFFERENT_AT_EACH_CALL = {"gen_random_uuid", "random", "uuid", "uuidv4", "uuidv7"}
# The parser turns these into other things before DuckDB looks a function up.
SYNTAX = {"coalesce", "extract", "grouping", "grouping_id", "ifnull", "position", "struct_pack", "unnest"}

# Those of SQLite and of the extensions that builds of it commonly carry.
KNOWN_AND_REFUSED = """
    bm25 changes current_date current_time current_timestamp fts3_tokenizer fts5 fts5_get_locale fts5_insttoken
    fts5_locale fts5_source_id geopoly_area geopoly_bbox geopoly_blob geopoly_ccw geopoly_contains_point geopoly_debug
    geopoly_group_bbox geopoly_json geopoly_overlap geopoly_regular geopoly_svg geopoly_within geopoly_xform highlight
    last_insert_rowid load_extension match matchinfo offset offsets optimize randomblob regexp rtreecheck rtreedepth
    rtreenode sha1 sha3 snippet sqlite_compileoption_get sqlite_compileoption_used sqlite_log sqlite_offset
    sqlite_source_id total_changes zeroblob
"""


def accepted(name: str, dialect: Dialect) -> bool:
    calls = [f"{name}({arguments})" for arguments in ARGUMENTS]
    return any(check(shape.format(call=call), dialect=dialect).allowed for call in calls for shape in SHAPES)


@pytest.mark.parametrize(
    ("dialect", "names"),
    [
        (Dialect.SQLITE, SQLITE_FUNCTIONS),
        (Dialect.DUCKDB, DUCKDB_FUNCTIONS),
        (Dialect.POSTGRES, POSTGRES_FUNCTIONS),
        (Dialect.MYSQL, MYSQL_FUNCTIONS),
    ],
)
def test_every_listed_function_can_be_called(dialect: Dialect, names: frozenset[str]) -> None:
    assert {name for name in names if not accepted(name, dialect)} == set()


def test_every_listed_function_of_duckdb_exists_and_has_no_side_effect() -> None:
    with duckdb.connect() as connection:
        found = dict(
            connection.execute(
                "SELECT function_name, coalesce(bool_or(has_side_effects), false) FROM duckdb_functions() GROUP BY 1"
            ).fetchall()
        )

    assert DUCKDB_FUNCTIONS - SYNTAX - found.keys() == set()
    assert {name for name in DUCKDB_FUNCTIONS if found.get(name)} == DIFFERENT_AT_EACH_CALL


def test_sqlite_functions_that_are_not_listed_are_few_and_known() -> None:
    connection = sqlite3.connect(":memory:")
    names = {name for (name,) in connection.execute("SELECT DISTINCT name FROM pragma_function_list")}
    connection.close()

    refused = {name for name in names - SQLITE_FUNCTIONS if name.isidentifier()}
    assert refused <= set(KNOWN_AND_REFUSED.split())
