"""Which `ColumnKind` a declared type is."""

import re

from rowcall_contracts.catalog import ColumnKind
from rowcall_contracts.results import ResultType

# PostgreSQL, DuckDB and MySQL type names without their arguments, lower case; whatever is missing is OTHER.
_KINDS = {
    **dict.fromkeys(("text", "varchar", "character varying", "character", "char", "bpchar", "name", "citext", "uuid",
                     "enum", '"char"', "string", "tinytext", "mediumtext", "longtext", "set"), ColumnKind.TEXT),
    **dict.fromkeys(("smallint", "integer", "bigint", "tinyint", "hugeint", "utinyint", "usmallint", "uinteger",
                     "ubigint", "uhugeint", "int2", "int4", "int8", "int", "mediumint"), ColumnKind.INTEGER),
    **dict.fromkeys(("numeric", "decimal", "bignum", "varint"), ColumnKind.DECIMAL),
    **dict.fromkeys(("real", "double precision", "double", "float", "float4", "float8"), ColumnKind.FLOAT),
    "boolean": ColumnKind.BOOLEAN,
    "date": ColumnKind.DATE,
    **dict.fromkeys(("timestamp", "timestamp without time zone", "timestamp with time zone", "timestamp_s",
                     "timestamp_ms", "timestamp_ns", "datetime"), ColumnKind.TIMESTAMP),
    **dict.fromkeys(("time", "time without time zone", "time with time zone", "time_ns"), ColumnKind.TIME),
    **dict.fromkeys(("bytea", "blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary"), ColumnKind.BINARY),
}  # fmt: skip

# SQLite takes any words as a type; these are what people write, tried in this order. "INT" inside "POINT" is why the
# patterns are whole words or beginnings rather than SQLite's own affinity rule.
_SQLITE_KINDS = (
    (re.compile(r"bool|bit$"), ColumnKind.BOOLEAN),
    (re.compile(r"datetime|timestamp"), ColumnKind.TIMESTAMP),
    (re.compile(r"date"), ColumnKind.DATE),
    (re.compile(r"time"), ColumnKind.TIME),
    (re.compile(r"char|clob|text|string|uuid|guid|enum"), ColumnKind.TEXT),
    (re.compile(r"(?<!po)int|year|serial|long$"), ColumnKind.INTEGER),
    (re.compile(r"dec|numeric|number|money"), ColumnKind.DECIMAL),
    (re.compile(r"real|floa|doub"), ColumnKind.FLOAT),
    (re.compile(r"blob|binary|image"), ColumnKind.BINARY),
)


def kind_of(declared: str) -> ColumnKind:
    """Returns the kind of a PostgreSQL, DuckDB or MySQL type as the engine prints it."""
    name = declared.lower()
    if name.endswith("]"):
        return ColumnKind.OTHER
    return _KINDS.get(re.sub(r"\([^)]*\)", "", name).replace("  ", " ").strip(), ColumnKind.OTHER)


def sqlite_kind_of(declared: str) -> ColumnKind:
    """Returns the kind of a type as written in SQLite's `CREATE TABLE`; no type gives OTHER."""
    name = declared.lower()
    return next((kind for pattern, kind in _SQLITE_KINDS if pattern.search(name)), ColumnKind.OTHER)


# Declared kinds that observed SQLite values do not contradict.
_COMPATIBLE = {
    ResultType.INTEGER: frozenset({ColumnKind.BOOLEAN, ColumnKind.DECIMAL, ColumnKind.FLOAT}),
    ResultType.FLOAT: frozenset({ColumnKind.DECIMAL}),
    ResultType.TEXT: frozenset({ColumnKind.TIME}),
    ResultType.DATE: frozenset(),
    ResultType.TIMESTAMP: frozenset(),
}


def observed_kind(declared: ColumnKind, observed: ResultType) -> ColumnKind:
    """Returns what a SQLite column holds, where its values may have another type than it declares.

    A DATE column full of `11/22/2009` is text to every date function; a TEXT column full of ISO dates is a date.
    """
    compatible = _COMPATIBLE.get(observed)
    return declared if compatible is None or declared in compatible else ColumnKind(observed.value)
