"""Validation errors as JSON pointers (RFC 6901) into what the caller sent."""

from collections.abc import Mapping, Sequence

from rowcall_contracts.jobs import JobKind
from rowcall_contracts.problems import FieldError

MAX_ERRORS = 20
"""A body can have thousands of faults; a caller mends a few at a time."""

_UNION_FAULTS = frozenset({"union_tag_invalid", "union_tag_not_found"})
_KINDS = frozenset(kind.value for kind in JobKind)


def field_errors(faults: Sequence[Mapping[str, object]]) -> tuple[FieldError, ...]:
    """Translates the error list of pydantic; what the caller sent is not repeated."""
    return tuple(FieldError(pointer=_pointer(fault), detail=str(fault["msg"])) for fault in faults[:MAX_ERRORS])


def _pointer(fault: Mapping[str, object]) -> str:
    location = fault["loc"]
    assert isinstance(location, Sequence)
    place, *path = (str(part) for part in location)
    if place != "body":
        return "/".join((place, *path))
    if fault["type"] in _UNION_FAULTS:
        return "/kind"
    # pydantic puts the tag of a discriminated union into the path; it is no member of the body.
    members = path[1:] if len(path) > 1 and path[0] in _KINDS else path
    return "".join("/" + member.replace("~", "~0").replace("/", "~1") for member in members)
