"""Where a question asks for the time from one date to another."""

import re
from dataclasses import dataclass

from rowcall_sqlgen.engine.marks import Aggregate
from rowcall_sqlgen.engine.meaning import DurationUnit

_HOW = {
    "average": Aggregate.AVG,
    "mean": Aggregate.AVG,
    "avg": Aggregate.AVG,
    "total": Aggregate.SUM,
    "shortest": Aggregate.MIN,
    "minimum": Aggregate.MIN,
    "longest": Aggregate.MAX,
    "maximum": Aggregate.MAX,
}
_UNIT = "(?:second|minute|hour|day)s?"
_TIME = r"(?:(?:length\ of\ )?time(?:\ difference)?|duration|difference|gap|lag|delay)"
_NO_DATE = r"(?:for|by|per|of|in|where|who|whose|with|that|which|is|are|was|were|and|or|on|at|if|when|each|every|as)\b"
_WORDS = rf"(?:(?!{_NO_DATE})[\w-]+)(?:\ (?!{_NO_DATE})[\w-]+){{0,4}}"
_BETWEEN = re.compile(
    rf"""\b(?:(?P<with>with|has|had|having)\ )?(?:the\ )?(?:(?P<how>{"|".join(_HOW)})\ )?
    (?:number\ of\ (?P<counted>{_UNIT})|{_TIME}|(?P<bare>{_UNIT}))
    (?:\ (?:taken|elapsed|passed|spent|it\ takes?|it\ took))?(?:\ in\ (?P<unit>{_UNIT}))?
    \ (?:between|from)\ (?:the\ )?(?P<first>{_WORDS}?)\ (?:and|to|until|till)\ (?:the\ )?(?P<last>{_WORDS})
    (?:\ in\ (?P<after>{_UNIT}))?""",
    re.VERBOSE,
)
_NOUN = re.compile(
    rf"""\b(?:(?P<with>with|has|had|having)\ )?(?:the\ )?(?:(?P<how>{"|".join(_HOW)})\ )?(?:number\ of\ )?
    (?P<noun>(?!{_NO_DATE})\w+(?:\ \w+)?)\ (?:duration|length)s?(?:\ in\ (?P<unit>{_UNIT}))?\b""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationPhrase:
    """Words `start` to `end` ask for a time: from `first` to `last`, or of what `noun` names from its start to its end.

    `ranks`: it says which rows are meant, those `with the shortest` one, and not what to show.
    """

    start: int
    end: int
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    noun: tuple[str, ...] = ()
    aggregate: Aggregate | None = None
    unit: DurationUnit | None = None
    ranks: bool = False


def duration_phrase(words: list[str]) -> DurationPhrase | None:
    """Returns the first such phrase in lower-case words, `None` without one."""
    text = " ".join(word.replace(" ", "_") or "_" for word in words)
    between = _BETWEEN.search(text)
    if between:
        units = (between["counted"], between["bare"], between["unit"], between["after"])
        return _phrase(text, between, units, first=between["first"], last=between["last"])
    noun = _NOUN.search(text)
    return _phrase(text, noun, (noun["unit"],), noun=noun["noun"]) if noun else None


def _phrase(text: str, match: re.Match[str], units: tuple[str | None, ...], **said: str) -> DurationPhrase:
    start, end = (len(text[:at].split()) for at in match.span())
    unit = next((DurationUnit(unit.removesuffix("s")) for unit in units if unit), None)
    aggregate = _HOW.get(match["how"] or "")
    ranks = bool(match["with"]) and aggregate in (Aggregate.MIN, Aggregate.MAX)
    parts = {name: tuple(words.split()) for name, words in said.items()}
    return DurationPhrase(
        start=start if ranks or not match["with"] else start + 1,
        end=end,
        aggregate=aggregate,
        unit=unit,
        ranks=ranks,
        first=parts.get("first", ()),
        last=parts.get("last", ()),
        noun=parts.get("noun", ()),
    )
