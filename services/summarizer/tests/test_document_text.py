import pytest

from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent
from rowcall_summarizer.document_text import document_text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", ""),
        ("Größe 東京 🚀".encode(), "Größe 東京 🚀"),
        (b"\xef\xbb\xbfmarked", "marked"),
        (b"tab\tline\r\nform\x0cfeed \x1b[1mbold", "tab\tline\r\nform\x0cfeed \x1b[1mbold"),
    ],
)
def test_utf_8_is_read_with_or_without_a_mark(content: bytes, text: str) -> None:
    assert document_text(content) == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("text".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff\x00t", "UTF-16"),
        ("text".encode("utf-32"), "UTF-32"),
        ("Größe".encode("latin-1"), "byte 3 of 5"),
        (b"text\xc3", "byte 5 of 5"),
        (b"one\ntwo\x00", r"U\+0000 in line 2"),
        (b"%PDF-1.7\n\x05", r"U\+0005 in line 2"),
        (b"\x89PNG\r\n\x1a\n", "byte 1 of 8"),
    ],
)
def test_what_is_not_utf_8_text_is_refused_with_place_and_cure(content: bytes, reason: str) -> None:
    with pytest.raises(Permanent, match=reason) as caught:
        document_text(content)
    assert caught.value.kind is ProblemType.DOCUMENT_UNREADABLE
    assert "UTF-8" in caught.value.detail or "Only text" in caught.value.detail
