"""Entity tags (RFC 9110 §8.8.3): a resource's version, quoted."""

import re
from typing import Annotated

from fastapi import Header

from rowcall_contracts.problems import ProblemType
from rowcall_gateway.problems import Refusal

ANY = "*"

_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_LIST = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*", re.ASCII)
_ONE = re.compile(_TAG, re.ASCII)

IfMatch = Annotated[str | None, Header(max_length=400, description="The ETag that was read; required.")]
IfNoneMatch = Annotated[str | None, Header(max_length=400, description="The ETag that is known; unchanged is 304.")]


def etag(version: int) -> str:
    """Returns the strong tag of a version."""
    return f'"{version}"'


def require_match(header: str | None, version: int) -> None:
    """Lets a change through that was made in the knowledge of this version.

    Raises:
        Refusal: there is no `If-Match` (428), it is not a list of tags (422), or names another version (412).
    """
    if header is None:
        raise Refusal(ProblemType.PRECONDITION_REQUIRED, "Send `If-Match` with the ETag that you read.")
    # RFC 9110 §13.1.1: `If-Match` compares strongly, so a weak tag never matches.
    if header.strip() != ANY and etag(version) not in _tags(header, "If-Match"):
        raise Refusal(ProblemType.PRECONDITION_FAILED, "The resource has changed since it was read.")


def is_known(header: str | None, version: int) -> bool:
    """Whether `If-None-Match` names this version; weak comparison, as RFC 9110 §13.1.2 asks.

    Raises:
        Refusal: it is not a list of tags.
    """
    if header is None:
        return False
    return header.strip() == ANY or etag(version) in {tag.removeprefix("W/") for tag in _tags(header, "If-None-Match")}


def _tags(header: str, name: str) -> frozenset[str]:
    if not _LIST.fullmatch(header.strip()):
        raise Refusal.at(f"header/{name}", f'`{name}` is a list of quoted tags, such as `"3"`, or `*`.')
    return frozenset(_ONE.findall(header))
