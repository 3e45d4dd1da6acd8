"""Quoted texts out of the way: what stands in quotes is a value, and is never cut."""

import re

_QUOTED = re.compile(r'"[^"\n]+"|“[^”\n]+”|(?<!\w)\'[^\'\n]+\'(?!\w)|`[^`\n]+`')
_FIRST = 0xE000
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def is_maskable(text: str) -> bool:
    """Says whether the signs that stand for quoted texts are free."""
    return not _PRIVATE.search(text)


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns the text with one private-use character per quoted text, and the quoted texts."""
    quoted: list[str] = []

    def hide(match: re.Match[str]) -> str:
        quoted.append(match[0])
        return chr(_FIRST + len(quoted) - 1)

    return _QUOTED.sub(hide, text), tuple(quoted)


def unmasked(text: str, quoted: tuple[str, ...]) -> str:
    """Puts the quoted texts back."""
    return _PRIVATE.sub(lambda match: quoted[ord(match[0]) - _FIRST], text)
