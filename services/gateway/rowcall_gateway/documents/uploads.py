"""An uploaded file becomes a name, a media type and bytes, or is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapi import UploadFile
from pydantic import TypeAdapter, ValidationError

from rowcall_contracts.problems import FieldError, ProblemType
from rowcall_gateway.body_limit import MAX_DOCUMENT_BYTES
from rowcall_gateway.names import Name
from rowcall_gateway.problems import Refusal

PLAIN = "text/plain"
MARKDOWN = "text/markdown"

_BY_SUFFIX: Mapping[str, str] = {".txt": PLAIN, ".text": PLAIN, ".md": MARKDOWN, ".markdown": MARKDOWN}
_DECLARED: Mapping[str, str] = {PLAIN: PLAIN, MARKDOWN: MARKDOWN, "text/x-markdown": MARKDOWN}
_UNDECLARED = frozenset({"", "application/octet-stream"})
_NAME: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A text that may be indexed."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Fingerprint of the content."""
        return hashlib.sha256(self.content).hexdigest()


async def read_upload(file: UploadFile, name: str | None) -> Upload:
    """Reads an uploaded file.

    Raises:
        Refusal: neither text nor Markdown (415), too large (413), empty, not UTF-8 or without a usable name (422).
    """
    media_type = media_type_of(file.content_type or "", file.filename or "")
    content = await file.read()
    if len(content) > MAX_DOCUMENT_BYTES:
        raise Refusal(ProblemType.TOO_LARGE, f"A document has at most {MAX_DOCUMENT_BYTES:,} bytes.")
    if not content:
        raise Refusal.at("/file", "The file is empty.")
    _require_text(content)
    named = _require_name(name or PurePosixPath(file.filename or "").name)
    return Upload(name=named, media_type=media_type, content=content)


def media_type_of(content_type: str, filename: str) -> str:
    """Returns `text/plain` or `text/markdown`; a known ending says more than the `text/plain` that many clients send.

    Raises:
        Refusal: it is something else.
    """
    declared = content_type.partition(";")[0].strip().lower()
    by_suffix = _BY_SUFFIX.get(PurePosixPath(filename).suffix.lower())
    found = (by_suffix or _DECLARED.get(declared)) if declared in _UNDECLARED | _DECLARED.keys() else None
    if found is None:
        raise Refusal(ProblemType.UNSUPPORTED_MEDIA, f"Documents are `{PLAIN}` (.txt) or `{MARKDOWN}` (.md).")
    return found


def _require_text(content: bytes) -> None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = f"Byte {error.start} is not UTF-8."
        raise Refusal(
            ProblemType.DOCUMENT_UNREADABLE, detail, errors=(FieldError(pointer="/file", detail=detail),)
        ) from None


def _require_name(name: str) -> str:
    try:
        return _NAME.validate_python(name)
    except ValidationError:
        raise Refusal.at("/name", "A name has 1 to 100 characters without control characters.") from None
