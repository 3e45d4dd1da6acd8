"""Where the blocks of a text begin: headings, paragraphs and code in Markdown, paragraphs in plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

MOST_MARKDOWN_LINES = 50_000
"""Above this, Markdown is split as plain text: one-word lines would cost the parser 2.5 kB and 60 µs each."""

LONGEST_TITLE = 200

_LINE_END = re.compile(r"\r\n?|\n")
_LEAVES = frozenset({"paragraph_open", "heading_open", "fence", "code_block", "html_block", "hr"})
_CODE = frozenset({"fence", "code_block"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A piece of a text, up to the next block: offsets in characters, blanks behind it included.

    `level` is set for a heading that begins a section (1 to 6), `title` is its text; `is_code`: better not divided.
    """

    start: int
    end: int
    level: int | None = None
    title: str = ""
    is_code: bool = False


def markdown_blocks(text: str) -> list[Block]:
    """Returns the blocks of CommonMark text; together they are the text. Headings inside lists and quotes are text."""
    line_starts = _line_starts(text)
    if len(line_starts) > MOST_MARKDOWN_LINES:
        return plain_blocks(text)
    parser = MarkdownIt("commonmark")
    # Inline markup is not needed to find blocks, and is most of the work.
    parser.core.ruler.enableOnly(["normalize", "block"])
    tokens = parser.parse(text)
    leaves = ((token, following) for token, following in pairwise([*tokens, _END]) if token.type in _LEAVES)
    blocks = [_markdown_block(token, following, line_starts) for token, following in leaves]
    return _contiguous(blocks, len(text))


def plain_blocks(text: str) -> list[Block]:
    """Returns the paragraphs of a text, which blank lines divide; together they are the text."""
    bounds = [*_line_starts(text), len(text)]
    blank_before = True
    blocks = []
    for start, end in pairwise(bounds):
        is_blank = text[start:end].isspace()
        if blank_before and not is_blank:
            blocks.append(Block(start=start, end=end))
        blank_before = is_blank
    return _contiguous(blocks, len(text))


_END = Token("", "", 0)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


def _markdown_block(token: Token, following: Token, line_starts: list[int]) -> Block:
    assert token.map is not None
    first, last = (line_starts[min(line, len(line_starts) - 1)] for line in token.map)
    if token.type == "heading_open" and token.level == 0:
        return Block(start=first, end=last, level=int(token.tag.removeprefix("h")), title=_title(following.content))
    return Block(start=first, end=last, is_code=token.type in _CODE)


def _title(markup: str) -> str:
    """Returns a heading's text without its markup, on one line."""
    (inline,) = MarkdownIt("commonmark").parseInline(markup[:LONGEST_TITLE])
    return " ".join("".join(_texts(inline)).split())


def _texts(inline: Token) -> Iterator[str]:
    for child in inline.children or ():
        yield " " if child.type.endswith("break") else child.content


def _contiguous(blocks: list[Block], length: int) -> list[Block]:
    """Stretches every block to the next one, so that what no block claims (link definitions) belongs to one."""
    if not blocks:
        return [Block(start=0, end=length)] if length else []
    starts = [0, *(block.start for block in blocks[1:]), length]
    return [
        Block(start=start, end=end, level=block.level, title=block.title, is_code=block.is_code)
        for block, (start, end) in zip(blocks, pairwise(starts), strict=True)
        if end > start
    ]
