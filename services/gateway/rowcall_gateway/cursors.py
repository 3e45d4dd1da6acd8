"""Pages of lists: newest first, behind an opaque cursor that names the last id of the page before."""

import base64
import binascii
import re
from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from rowcall_gateway.problems import Refusal

MAX_PAGE = 100

_ID = re.compile(r"[a-z]{2,12}(?:_[0-9a-hjkmnp-tv-z]{26})?", re.ASCII)

T = TypeVar("T")


class PageQuery(BaseModel):
    """The query of every list; unknown parameters are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: Annotated[str | None, Field(max_length=100, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Entries in this page.")] = 20

    def after(self) -> dict[str, object]:
        """Returns the filter for what follows the cursor; ids sort by time.

        Raises:
            Refusal: the cursor is none that this API gave out.
        """
        return {"_id": {"$lt": _decoded(self.cursor)}} if self.cursor is not None else {}


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    data: list[T]
    next_cursor: str | None = Field(None, description="Cursor of the next page; absent on the last one.")


def next_cursor(ids: Sequence[str], limit: int) -> str | None:
    """Returns the cursor behind the first `limit` ids, if there are more; lists read one more than they show."""
    return _encoded(ids[limit - 1]) if len(ids) > limit else None


def _encoded(last_id: str) -> str:
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> str:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    if not _ID.fullmatch(text):
        raise Refusal.at("query/cursor", "The cursor is not one that a list gave out; start without one.")
    return text
