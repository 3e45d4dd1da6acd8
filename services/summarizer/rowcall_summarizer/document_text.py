"""The text of an uploaded document."""

import codecs
import re

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent

_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Control characters that no text editor writes; tabs, line ends, form feeds and terminal escapes are let through."""


def document_text(content: bytes) -> str:
    """Returns the text of a UTF-8 document without its byte order mark.

    Raises:
        Permanent: `document-unreadable`, with the first byte or line that is not text and what to do about it.
    """
    for mark, encoding in _OTHER_MARKS:
        if content.startswith(mark):
            raise _unreadable(f"The document is {encoding}. Save it as UTF-8 and send it again.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(
            f"The document is not UTF-8: byte {error.start + 1:,} of {len(content):,} does not belong there. "
            "Save it as UTF-8 and send it again."
        ) from error
    if (control := _CONTROL.search(text)) is not None:
        line = text.count("\n", 0, control.start()) + 1
        raise _unreadable(
            f"The document holds binary data: control character U+{ord(control.group()):04X} in line {line:,}. "
            "Only text and Markdown can be read."
        )
    return text


def _unreadable(detail: str) -> Permanent:
    return Permanent(ProblemType.DOCUMENT_UNREADABLE, detail)
