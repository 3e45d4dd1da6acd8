"""A document as passages to search in: divided at headings, then at paragraphs, with exact offsets."""

from collections.abc import Iterator
from dataclasses import dataclass

from rowcall_contracts.resources import Chunk, Document
from rowcall_summarizer.document_text import document_text
from rowcall_summarizer.text_blocks import Block, markdown_blocks, plain_blocks

LONGEST_CHUNK = 1_200
"""Characters: about 200 words, a screenful that a reader takes in at once."""

_MARKDOWN = frozenset({"text/markdown", "text/x-markdown"})
_BREAKS = (("\n\n",), ("\n",), (". ", "! ", "? ", "。"), (" ",))
"""Where a block that is too long is divided, the best first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """A passage: offsets in characters and the headings above it, outermost first."""

    start: int
    end: int
    headings: tuple[str, ...] = ()


def chunk_document(document: Document) -> list[Chunk]:
    """Returns a document's chunks in order. Offsets count characters of its text without byte order mark.

    It computes for up to seconds (1 MiB): call it in a thread.

    Raises:
        Permanent: `document-unreadable`, when the content is not UTF-8 text.
    """
    text = document_text(document.content)
    media_type = document.media_type.partition(";")[0].strip().lower()
    blocks = markdown_blocks(text) if media_type in _MARKDOWN else plain_blocks(text)
    return [
        Chunk(
            id=f"{document.id}:{position}",
            workspace_id=document.workspace_id,
            document_id=document.id,
            document_name=document.name,
            position=position,
            heading=" > ".join(span.headings) or None,
            text=text[span.start : span.end],
            start=span.start,
            end=span.end,
        )
        for position, span in enumerate(spans_of(text, blocks))
    ]


def spans_of(text: str, blocks: list[Block]) -> Iterator[Span]:
    """Packs blocks into passages of at most `LONGEST_CHUNK` characters that never cross from one section to another.

    A heading opens the passage that follows it. Every character that is not blank lies in exactly one passage.
    """
    packed: list[Block] = []
    path: dict[int, str] = {}
    for block in blocks:
        if packed and _begins_passage(packed, block):
            yield from _spans(text, packed, path)
            packed = []
        if block.level is not None:
            path = {level: title for level, title in path.items() if level < block.level} | {block.level: block.title}
        packed.append(block)
    if packed:
        yield from _spans(text, packed, path)


def _begins_passage(packed: list[Block], block: Block) -> bool:
    has_body = packed[-1].level is None
    if block.level is not None:
        return has_body
    if block.end - packed[0].start <= LONGEST_CHUNK:
        return False
    # A heading alone finds nothing, so it stays with a body that must be divided anyway, not with code that need not.
    return has_body or (block.is_code and block.end - block.start <= LONGEST_CHUNK)


def _spans(text: str, packed: list[Block], path: dict[int, str]) -> Iterator[Span]:
    headings = tuple(title for title in path.values() if title)
    start, end = _trimmed(text, packed[0].start, packed[-1].end)
    while end - start > LONGEST_CHUNK:
        cut = _cut(text, start)
        yield Span(start=start, end=_trimmed(text, start, cut)[1], headings=headings)
        start, end = _trimmed(text, cut, end)
    if end > start:
        yield Span(start=start, end=end, headings=headings)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip())


def _cut(text: str, start: int) -> int:
    """Returns the end of a piece that starts there: in its second half, at the best break that it has."""
    middle, limit = start + LONGEST_CHUNK // 2, start + LONGEST_CHUNK
    for breaks in _BREAKS:
        ends = [text.rfind(mark, middle, limit) + len(mark) for mark in breaks if mark in text[middle:limit]]
        if ends:
            return max(ends)
    return limit
