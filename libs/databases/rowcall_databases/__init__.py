"""Customers' databases: opened, introspected, profiled and queried, read-only and within bounds."""

from rowcall_databases.access import AccessPolicy
from rowcall_databases.database import Database, open_database
from rowcall_databases.errors import (
    AuthenticationFailed,
    DatabaseError,
    FileNotFound,
    HostRefused,
    LocationRefused,
    NotADatabase,
    QueryError,
    QueryInterrupted,
    QueryTimeout,
    SchemaTooLarge,
    StatementRefused,
    Unreachable,
)
from rowcall_databases.limits import ProfileBounds, QueryLimits
from rowcall_databases.location import FileLocation, Location, parse_uri
from rowcall_databases.outcomes import outcome_of
from rowcall_databases.server_location import MysqlLocation, PostgresLocation

__all__ = [
    "AccessPolicy",
    "AuthenticationFailed",
    "Database",
    "DatabaseError",
    "FileLocation",
    "FileNotFound",
    "HostRefused",
    "Location",
    "LocationRefused",
    "MysqlLocation",
    "NotADatabase",
    "PostgresLocation",
    "ProfileBounds",
    "QueryError",
    "QueryInterrupted",
    "QueryLimits",
    "QueryTimeout",
    "SchemaTooLarge",
    "StatementRefused",
    "Unreachable",
    "open_database",
    "outcome_of",
    "parse_uri",
]
