"""Sentences of a text, and which of them ask."""

import re
from itertools import pairwise

from rowcall_sqlgen.breakdown.carrying import placed
from rowcall_sqlgen.breakdown.references import refers_to_rows
from rowcall_sqlgen.breakdown.vocabulary import AMENDMENT, ASKING, LISTING, PREPOSITIONS, is_asking, is_preface

_END = re.compile(r"(?P<sure>[?!？]+[\s)]*|;\s+|\n+)|(?P<stop>\.+)(?:\s+|$)")
_ABBREVIATION = re.compile(r"(?:\b[A-Z][a-z]{0,3}|\b(?:vs|no|approx|etc|e\.g|i\.e))$")
_SETTING = re.compile(r"(?:please\s+)?(?:consider|take|look at|focus on)\s+(?:only\s+)?", re.IGNORECASE)
_PREPOSITION = re.compile(rf"(?:{PREPOSITIONS})\b", re.IGNORECASE)


def sentences(text: str) -> tuple[str, ...] | None:
    """Returns the sentences that ask, each with the amendments after it and the setting that was said before.

    `None` when a sentence neither asks nor belongs to one that does: nothing may get lost.
    """
    found: list[str] = []
    setting = ""
    for sentence in _cut(text):
        if found and _belongs_to(found[-1], sentence):
            found[-1] = f"{found[-1]} {sentence}"
        elif is_asking(placed(_asked(sentence)).asked):
            found.append(f"{setting}{sentence}")
        elif _SETTING.match(sentence) or _PREPOSITION.match(sentence):
            setting = _as_setting(sentence)
        elif not is_preface(sentence):
            return None
    return tuple(found)


def _belongs_to(former: str, sentence: str) -> bool:
    """Whether the sentence changes what the one before asks for; rows that were listed get more columns."""
    if AMENDMENT.match(sentence):
        return True
    return bool(LISTING.match(former) and LISTING.match(_asked(sentence)) and refers_to_rows(sentence))


def _asked(sentence: str) -> str:
    """Returns a sentence without the words that only join it to the one before, or lead up to it."""
    return without_lead(sentence) or sentence


_LEAD = re.compile(
    r"(?:(?:and|also|but|then|so|next|finally|lastly|in addition|additionally|besides|furthermore|moreover"
    r"|please|kindly|(?:first|second|third|fourth|fifth)(?:ly)?(?=,))\b,?\s+"
    r"|(?:can|could|would)\s+you\s+(?:please\s+)?(?=tell|show|give|list|find)"
    r"|(?:tell|show|give)\s+(?:me|us)\s+(?=how|what|which|who|when|where)"
    r"|i\s+(?:want|need|would like|wish)\s+to\s+know\s+|i'd\s+like\s+to\s+know\s+)+",
    re.IGNORECASE,
)


def without_lead(text: str) -> str:
    """Returns a question without connectives and without "please tell me" before it."""
    return _LEAD.sub("", text, count=1) if _LEAD.match(text) else text


def _as_setting(sentence: str) -> str:
    said = _SETTING.sub("", sentence).rstrip(" .,:")
    return f"{said}, " if _PREPOSITION.match(said) else f"for {said}, "


def _cut(text: str) -> list[str]:
    ends = [end.end() for end in _END.finditer(text) if end["sure"] or not _is_inside(text, end)]
    pieces = (text[start:end].strip().rstrip(";") for start, end in pairwise([0, *ends, len(text)]))
    return [" ".join(piece.split()) for piece in pieces if piece.strip(" .;:,")]


def _is_inside(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop ends an abbreviation, as in "Inc. operate" or "St. Louis"."""
    rest = text[stop.end() :].lstrip()
    if not rest:
        return False
    asks = bool(ASKING.match(rest))
    if _ABBREVIATION.search(text[: stop.start()]):
        return not (asks and rest[0].isupper())
    return rest[0].islower() and not asks
