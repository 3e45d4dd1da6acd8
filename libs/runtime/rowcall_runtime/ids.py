"""TypeIDs: a prefix that names the kind, and a UUIDv7, so ids sort by time."""

from enum import StrEnum

from typeid import TypeID


class Prefix(StrEnum):
    """Every kind of id."""

    JOB = "job"
    CONNECTION = "conn"
    DOCUMENT = "doc"
    EVENT = "evt"
    ENDPOINT = "ep"
    DELIVERY = "dlv"
    KEY = "key"
    WORKSPACE = "ws"
    ATTEMPT = "att"
    RESULT = "res"
    AUDIT = "aud"
    CATALOG = "cat"


def new_id(prefix: Prefix) -> str:
    """Returns a fresh id such as `job_01jd…`."""
    return str(TypeID(prefix.value))
