from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowcall_contracts.resources import Chunk, Document, DocumentState
from rowcall_runtime.errors import Permanent
from rowcall_summarizer.chunking import LONGEST_CHUNK, chunk_document
from rowcall_summarizer.document_text import document_text
from rowcall_summarizer.text_blocks import MOST_MARKDOWN_LINES

MARKDOWN, PLAIN = "text/markdown", "text/plain"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def document(content: str | bytes, media_type: str = MARKDOWN) -> Document:
    raw = content.encode() if isinstance(content, str) else content
    return Document(
        id="doc_1",
        workspace_id="ws_1",
        created_at=NOW,
        updated_at=NOW,
        name="notes.md",
        media_type=media_type,
        size_bytes=len(raw),
        sha256="",
        content=raw,
        state=DocumentState.INDEXING,
    )


def chunks(content: str | bytes, media_type: str = MARKDOWN) -> list[Chunk]:
    return chunk_document(document(content, media_type))


def texts(content: str, media_type: str = MARKDOWN) -> list[str]:
    return [chunk.text for chunk in chunks(content, media_type)]


def headings(content: str) -> list[str | None]:
    return [chunk.heading for chunk in chunks(content)]


def test_a_chunk_knows_its_document_place_and_headings() -> None:
    assert chunks("intro\n\n# Fees\n\nNone.\n") == [
        Chunk(
            id="doc_1:0",
            workspace_id="ws_1",
            document_id="doc_1",
            document_name="notes.md",
            position=0,
            text="intro",
            start=0,
            end=5,
        ),
        Chunk(
            id="doc_1:1",
            workspace_id="ws_1",
            document_id="doc_1",
            document_name="notes.md",
            position=1,
            heading="Fees",
            text="# Fees\n\nNone.",
            start=7,
            end=20,
        ),
    ]


def test_every_section_is_a_chunk_under_the_path_of_its_headings() -> None:
    content = "# A\none\n## B\ntwo\n#### D\nthree\n## C\nfour\n# E\nfive\n"
    assert headings(content) == ["A", "A > B", "A > B > D", "A > C", "E"]
    assert texts(content) == ["# A\none", "## B\ntwo", "#### D\nthree", "## C\nfour", "# E\nfive"]


def test_a_heading_without_text_opens_the_next_chunk() -> None:
    assert texts("# A\n\n## B\n\ntext") == ["# A\n\n## B\n\ntext"]
    assert headings("# A\n\n## B\n\ntext") == ["A > B"]


@pytest.mark.parametrize(
    ("markup", "heading"),
    [
        ("# A **b** `c` [d](http://e)\nx", "A b c d"),
        ("Setext\ntitle\n===\nx", "Setext title"),
        ("# Closed ##\nx", "Closed"),
        ("#\nx", None),
        ("# Tom &amp; Ann\nx", "Tom & Ann"),
        ("#no heading", None),
        ("    # code", None),
        ("- # in a list\n\nx", None),
        ("> # in a quote\n\nx", None),
        ("```\n# comment\n```\nx", None),
    ],
)
def test_headings_are_what_commonmark_calls_so(markup: str, heading: str | None) -> None:
    assert headings(markup) == [heading]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_sections_begin_at_their_headings_whatever_ends_a_line(end: str) -> None:
    assert texts(end.join(["# A", "", "one", "two", "# B", "three"])) == [
        end.join(["# A", "", "one", "two"]),
        end.join(["# B", "three"]),
    ]


def test_link_definitions_belong_to_the_text_around_them() -> None:
    assert texts("[a]: http://b\n\ntext\n\n[c]: http://d\n") == ["[a]: http://b\n\ntext\n\n[c]: http://d"]
    assert texts("[a]: http://b") == ["[a]: http://b"]


def test_plain_text_has_paragraphs_and_no_headings() -> None:
    content = "# not a heading\n\n" + "word " * 200 + "\n \n" + "more " * 200
    first, second = chunks(content, PLAIN)
    assert first.heading is None
    assert first.text.startswith("# not")
    assert second.text.startswith("more")


def test_small_paragraphs_share_a_chunk_and_large_ones_are_divided_between_sentences() -> None:
    small, large = "A short one.\n\n" * 3, "This is a sentence. " * 100
    together, *divided = texts(small + "x" * LONGEST_CHUNK + "\n\n" + large)
    assert together == small.strip()
    assert all(text.endswith("sentence.") for text in divided[1:])


def test_code_is_kept_whole_where_it_fits() -> None:
    code = "```python\n" + "print('a line')\n\n" * 69 + "```"
    assert LONGEST_CHUNK - 40 < len(code) < LONGEST_CHUNK
    assert texts("before " * 100 + "\n\n" + code + "\n\n" + "after " * 10)[1] == code
    assert texts("# A heading of more than forty characters\n\n" + code)[1] == code


def test_code_that_cannot_fit_is_divided_between_lines() -> None:
    pieces = texts("```\n" + "a line of code\n" * 200 + "```")
    assert len(pieces) == 3
    assert all(piece.endswith("code") for piece in pieces[:-1])


def test_a_long_list_is_divided_between_items() -> None:
    pieces = texts("- an item of the list\n" * 100)
    assert len(pieces) > 1
    assert all(piece.startswith("- ") for piece in pieces)


def test_a_text_without_a_blank_is_divided_all_the_same() -> None:
    assert [len(text) for text in texts("x" * 3000)] == [1200, 1200, 600]


def test_a_byte_order_mark_counts_for_no_offset() -> None:
    (chunk,) = chunks("\ufeffä text".encode())
    assert (chunk.start, chunk.end) == (0, 6)


@pytest.mark.parametrize("media_type", ["text/markdown", "text/markdown; charset=utf-8", "TEXT/X-MARKDOWN"])
def test_markdown_is_known_by_its_media_type(media_type: str) -> None:
    assert chunks("# H\n\ntext", media_type)[0].heading == "H"


@pytest.mark.parametrize("content", ["", "\n \t\n", "\ufeff"])
def test_a_blank_document_has_no_chunks(content: str) -> None:
    assert chunks(content) == []
    assert chunks(content, PLAIN) == []


def test_markdown_of_very_many_lines_is_split_as_text() -> None:
    content = "# h\n" * (MOST_MARKDOWN_LINES + 1)
    assert {chunk.heading for chunk in chunks(content)} == {None}


def test_a_document_that_is_not_text_is_refused() -> None:
    with pytest.raises(Permanent):
        chunks(b"\x00\x01")


HEADINGS = ["# One", "## Two", "###", "===", "---", "> # q"]
BLOCKS = [
    "text",
    "word " * 90,
    "x" * 700,
    "- item",
    "  - nested",
    "1. one",
    "> quote",
    "```",
    "~~~",
    "    code",
    "<div>",
]
ODDITIES = ["~~~", "[ref]: http://x", "| a | b |", "|---|---|", "", " ", "\t", "\u2028"]
LINES = st.sampled_from([*HEADINGS, *BLOCKS, *ODDITIES])
ENDS = st.sampled_from(["\n", "\n\n", "\r\n", "\r"])
DOCUMENTS = st.lists(st.tuples(LINES | st.text(max_size=20), ENDS), max_size=30).map(
    lambda lines: "".join(line + end for line, end in lines)
)


@settings(max_examples=300, deadline=None)
@given(content=DOCUMENTS, media_type=st.sampled_from([MARKDOWN, PLAIN]))
def test_chunks_hold_all_that_is_not_blank_in_order_and_never_overlap(content: str, media_type: str) -> None:
    try:
        text = document_text(content.encode("utf-8", "replace"))
    except Permanent:
        return
    made = chunks(content.encode("utf-8", "replace"), media_type)
    covered = 0
    for position, chunk in enumerate(made):
        assert chunk.position == position
        assert text[covered : chunk.start].strip() == ""
        assert covered <= chunk.start < chunk.end
        assert text[chunk.start : chunk.end] == chunk.text == chunk.text.strip()
        assert len(chunk.text) <= LONGEST_CHUNK
        covered = chunk.end
    assert text[covered:].strip() == ""
