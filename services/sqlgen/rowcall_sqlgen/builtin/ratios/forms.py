"""How questions ask for a ratio, a share, a percentage or a difference: where in them its two parts stand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.engine.meaning import Arithmetic
from rowcall_sqlgen.engine.words import Word

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The words of the parts.

    `second` is empty where the first is a part of the whole that it names itself: `the share of open shops`.
    `inside`: the first is a part of the second: `open shops out of all shops in Rome`, so that both are in Rome.
    `each`: what there is a result for each of; `highest` and `only_first`: how the results are sorted, and whether the
    question asks for the extreme one alone; `shows_parts`: whether both numbers are wanted too.
    """

    arithmetic: Arithmetic
    first: Words
    second: Words = ()
    inside: bool = False
    each: Words = ()
    average: bool = False
    highest: bool | None = None
    only_first: bool = False
    shows_parts: bool = False


_KINDS = {
    "ratio": Arithmetic.RATIO,
    "proportion": Arithmetic.RATIO,
    "share": Arithmetic.RATIO,
    "fraction": Arithmetic.RATIO,
    "percentage": Arithmetic.PERCENTAGE,
    "percent": Arithmetic.PERCENTAGE,
    "difference": Arithmetic.DIFFERENCE,
    "more": Arithmetic.DIFFERENCE,
}
CUES = frozenset(_KINDS)

_LEAD = r"""(?:(?:what|is|was|are|were|calculate|compute|find|show|give|determine|return|list|get|report|tell|
    display|me|us|the|a|an|please|can|could|you|i|we|want|need|to|know|how|do|does|did|see|overall|current|for|
    also)\ )*"""
_EACH = r"(?:(?:the|each|every|different|various|of|all|its|their|individual|distinct)\ )*(?P<each>.+)"
_FORMS = tuple(
    re.compile(f"^{_LEAD}(?P<average>(?:average|mean)\\ )?{form}$", re.VERBOSE)
    for form in (
        r"(?P<kind>ratio|difference)\ between\ (?P<first>.+?)\ (?:and|versus|vs)\ (?P<second>.+)",
        r"""(?P<kind>ratio|proportion|share|fraction|percentage|percent)\ of\ (?P<first>.+?)\ (?P<inside>out\ of|
            as\ a\ (?:share|percentage|fraction|proportion)\ of|relative\ to\ all|among\ all)
            (?:\ (?:the|all|total))*\ (?P<second>.+)""",
        r"""(?P<kind>ratio|proportion)\ of\ (?P<first>.+?)
            \ (?:to|versus|vs|against|over|compared\ to|compared\ with|relative\ to)\ (?P<second>.+)""",
        r"(?P<first>\S+(?:\ \S+){0,2})\ to\ (?P<second>\S+(?:\ \S+){0,2})\ (?P<kind>ratio)",
        r"how\ many\ (?P<kind>more)\ (?P<first>.+?)\ than\ (?P<second>.+)",
        r"(?P<kind>proportion|share|fraction|percentage|percent)\ of\ (?P<first>.+)",
    )
)
_SENTENCE = re.compile(r"^(?P<body>.+?)(?:\ [?!.;]\ (?P<rest>.+))?$", re.VERBOSE)
_SORTED = re.compile(
    r"""^(?P<body>.+?),?(?:\ ,)?\ (?:and\ )?(?:ordered|order|sorted|sort|ranked|rank)(?:\ (?:them|the\ results?|it))?
        \ (?P<order>(?:(?:by|in|from|the|of|ratio|proportion|share|fraction|percentage|difference|order|ascending|
        descending|asc|desc|increasing|decreasing|highest|lowest|largest|smallest|to|first)(?:\ |$))+)$""",
    re.VERBOSE,
)
_FALLING = re.compile(r"desc|decreas|(?:highest|largest)")
_RISING = re.compile(r"asc|increas|(?:lowest|smallest) (?:to|first)")
_FIRST_EACH = re.compile(
    r"""^(?:for|in|within|at|by)\ (?:each|every)\ (?P<each>[^,]+?)\ (?:,\ )?
        (?P<body>(?:what|calculate|compute|find|show|give|determine|how|return|list|get|report|tell)\ .+)$""",
    re.VERBOSE,
)
_SUPERLATIVE = re.compile(
    r"""^(?:which|what)\ (?P<each>.+?)\ (?:has|have|had|with)\ the\ (?P<extreme>highest|largest|greatest|biggest|best|
        lowest|smallest|least|worst)\ (?P<body>.+)$""",
    re.VERBOSE,
)
_LAST_EACH = re.compile(
    rf"""^(?P<body>.+?)\ (?:(?:vary|varies|varied|differ|differs|differed|change|changes|changed|compare|evolve|look)
            \ (?:by|across|over|between|among|amongst|for|from|with|within|per|in|depending\ on)
        |(?:for|in|of|within|at|on|from|by|among|across)(?=\ (?:each|every|all\ the|different|various)\ ))\ {_EACH}$""",
    re.VERBOSE,
)
_LAST_GROUP = re.compile(rf"^(?P<body>.+)\ (?:by|per|across)\ {_EACH}$")
_HIGH = frozenset({"highest", "largest", "greatest", "biggest", "best"})
_NO_GROUP = re.compile(r"\b(?:to|than|out|is|are|was|were|and|who|that|which|with)\b")
_OPENINGS = frozenset("the a an all any every their its overall those".split())
_ENDINGS = tuple(
    tuple(phrase.split())
    for phrase in ("in the database", "in the data", "overall", "in total", "are there", "there are", "in all", "exist")
)
_BOTH_SHOWN = re.compile(
    r"^(?:also )?(?:return|show|include|give|display|list)\b.*\b(?:numbers?|counts?|both|totals?)\b"
)
_ONLY_HOW = re.compile(r"\bcase (?:in)?sensitive(?:ly)?\b")


class _Stretch:
    """Some words one after another, as text to match patterns with."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words = tuple(words)
        self.text = " ".join(word.lower.replace(" ", "_") for word in words)

    def part(self, match: re.Match[str], name: str) -> "_Stretch":
        """Returns the words of a group of a match with the text; none where it matched nothing."""
        if match[name] is None:
            return _Stretch(())
        start = self.text.count(" ", 0, match.start(name))
        return _Stretch(self.words[start : start + len(match[name].split())])


def forms(question: Sequence[Word]) -> Iterator[Form]:
    """Yields the ways to cut the question, the likeliest first; none where it asks for nothing of the kind."""
    whole = _Stretch(question)
    sentences = _SENTENCE.match(whole.text)
    if CUES.isdisjoint(word.lower for word in question) or sentences is None:
        return
    body, rest = whole.part(sentences, "body"), sentences["rest"] or ""
    both_shown = _BOTH_SHOWN.match(rest) is not None
    body, highest = _sorted(body)
    for bare, grouped in _grouped(body):
        each = " ".join(word.lower for word in grouped.each)
        if not rest or both_shown or _ONLY_HOW.search(rest) or (each and each in rest):
            sorting = highest if grouped.highest is None else grouped.highest
            yield from (
                replace(form, each=grouped.each, highest=sorting, only_first=grouped.only_first, shows_parts=both_shown)
                for form in _bare_forms(bare)
            )


def trimmed(part: Words) -> Words:
    """Returns the words without articles in front and without `in the database` at the end."""
    while part and part[0].lower in _OPENINGS:
        part = part[1:]
    for ending in _ENDINGS:
        if tuple(word.lower for word in part[-len(ending) :]) == ending:
            part = part[: -len(ending)]
    return part


def _sorted(body: _Stretch) -> tuple[_Stretch, bool | None]:
    """Takes the order off the end."""
    match = _SORTED.match(body.text)
    if match is None:
        return body, None
    falling, rising = _FALLING.search(match["order"]), _RISING.search(match["order"])
    return body.part(match, "body"), falling is not None and rising is None


@dataclass(frozen=True, slots=True)
class _Grouped:
    each: Words = ()
    highest: bool | None = None
    only_first: bool = False


def _grouped(body: _Stretch) -> Iterator[tuple[_Stretch, _Grouped]]:
    """Takes what there is a result for each of off either end; then the question as if there were none."""
    superlative = _SUPERLATIVE.match(body.text)
    if superlative:
        highest = superlative["extreme"] in _HIGH
        yield body.part(superlative, "body"), _Grouped(body.part(superlative, "each").words, highest, only_first=True)
        return
    for pattern, is_sure in ((_FIRST_EACH, True), (_LAST_EACH, True), (_LAST_GROUP, False)):
        match = pattern.match(body.text)
        if match and not _NO_GROUP.search(match["each"]):
            yield body.part(match, "body"), _Grouped(body.part(match, "each").words)
            if is_sure:
                return
    yield body, _Grouped()


def _bare_forms(body: _Stretch) -> Iterator[Form]:
    for pattern in _FORMS:
        match = pattern.match(body.text)
        if match:
            groups = match.groupdict()
            first, second = (body.part(match, name).words if name in groups else () for name in ("first", "second"))
            yield Form(
                arithmetic=_KINDS[match["kind"]],
                first=first,
                second=second,
                inside=groups.get("inside") is not None,
                average=match["average"] is not None,
            )
