"""Words that point back: "their average delay" becomes "the average delay of the flights that left JFK"."""

import re

from rowcall_sqlgen.breakdown.vocabulary import MEASURE, PREPOSITIONS

_POSSESSIVE = re.compile(
    rf"\b(?:their|its)\s+(?P<what>(?:(?!\b(?:{PREPOSITIONS}|and|or)\b)[\w-]+\s*){{1,5}})", re.IGNORECASE
)
_PRONOUN = re.compile(
    r"\b(?:they|them|it|(?:those|these)(?=\s*(?:$|[?.,]|(?:are|were|have|had|was|is)\b)))\b", re.IGNORECASE
)
_ROWS = re.compile(r"\b(?:their|its|they|them|it|each(?=\s*(?:$|[?.,]|has|have|had|of)))\b", re.IGNORECASE)

_COUNTED = re.compile(r"how\s+many\s+(?:different\s+|distinct\s+)?(?P<rest>.+)", re.IGNORECASE)
_CHOSEN = re.compile(r"(?:which|what)\s+(?!is\b|are\b|was\b|were\b)(?P<rest>.+)", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:show|list|find|give|display|get|return)\s+(?:me\s+|us\s+)?(?:all\s+|the\s+)*(?P<rest>.+)", re.IGNORECASE
)
_MEASURED = re.compile(
    r"(?:what\s+(?:is|are|was|were)\s+)?(?P<measure>.+?)\s+of\s+(?:all\s+|the\s+)*(?P<rest>.+)", re.IGNORECASE
)

_BARE_COUNT = re.compile(
    rf"\bhow\s+many(?=\s+(?:{PREPOSITIONS}|are|were|did|do|does|had|have)\b)(?!\s+of\b)", re.IGNORECASE
)
_BARE_MOST = re.compile(r"\bthe\s+(?:most|fewest|least)(?=\s*\??$)", re.IGNORECASE)
_SUPERLATIVE = re.compile(r"\bthe\s+(?:\w+\s+)?\w+est\s+(?P<noun>.+)", re.IGNORECASE)
_BARE_SUPERLATIVE = re.compile(r"\bthe\s+(?:\w+\s+)?\w+est(?=\s*\??$)", re.IGNORECASE)

_THERE = re.compile(
    r"\s+(?:(?:are|were|is|was)\s+there|there\s+(?:are|were)|do\s+we\s+have|exist(?:ed)?|in\s+total)\b", re.IGNORECASE
)
_VERB = r"(?:are|were|is|was|have|has|had|left|flew|fly|went|go|came|come|made|took|got|sold|ran|won|lost|\w+ed)"
_HEAD = re.compile(
    rf"(?P<noun>\w+(?:\s+(?!(?:{PREPOSITIONS}|{_VERB}|do|does|did|that|who|which)\b)\w+){{0,3}}?)"
    rf"(?:\s+(?P<verb>(?:{_VERB})\b.*)|\s+(?:do|does|did)\s+(?P<clause>.*)|(?P<rest>\s+(?:{PREPOSITIONS}|that|who|which)\b.*)|)",
    re.IGNORECASE,
)


def refers_to_rows(text: str) -> bool:
    """Says whether a text means the rows of the question before it, or each of them."""
    return bool(_ROWS.search(text))


def antecedent(question: str) -> str | None:
    """Returns what a later "they" means: "the flights that left JFK" after "How many flights left JFK?"."""
    said = _THERE.sub("", question.strip(" ?.!,"))
    for pattern in (_COUNTED, _CHOSEN, _LISTED):
        if match := pattern.fullmatch(said):
            return _described(match["rest"])
    measured = _MEASURED.fullmatch(said)
    return _described(measured["rest"]) if measured and MEASURE.match(measured["measure"] + " x") else None


def completed(question: str, former: str) -> str:
    """Fills in the noun that an elliptical question shares with the text before: "and how many in February?"."""
    if (noun := _counted_noun(former)) is not None:
        return _BARE_MOST.sub(rf"\g<0> {noun}", _BARE_COUNT.sub(rf"\g<0> {noun}", question))
    ranked = _SUPERLATIVE.search(former.strip(" ?.!,"))
    return _BARE_SUPERLATIVE.sub(lambda match: f"{match[0]} {ranked['noun']}", question) if ranked else question


def _counted_noun(text: str) -> str | None:
    """Returns "flights" of "How many flights are there" and of "for flights from JFK"."""
    counted = _COUNTED.fullmatch(_THERE.sub("", text.strip(" ?.!,")))
    head = _HEAD.match(counted["rest"]) if counted else None
    return head["noun"] if head else None


def resolved(question: str, meant: str) -> str:
    """Returns the question with `meant` in place of the words that point back."""
    possessive = _POSSESSIVE.sub(lambda match: f"the {match['what'].strip()} of {meant} ", question)
    return " ".join(_PRONOUN.sub(meant, possessive).split()).replace(" ?", "?")


def points_back(question: str) -> bool:
    """Says whether the question cannot be understood without the one before."""
    return bool(_POSSESSIVE.search(question) or _PRONOUN.search(question))


def _described(text: str) -> str | None:
    head = _HEAD.fullmatch(text.strip())
    if head is None:
        return None
    noun = head["noun"].removeprefix("the ")
    relative = head["verb"] or head["clause"]
    return f"the {noun} that {relative}" if relative else f"the {noun}{head['rest'] or ''}"
