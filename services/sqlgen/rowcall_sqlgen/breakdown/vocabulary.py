"""The English words by which questions are told apart, as parts of regular expressions."""

import re

_WH = r"how|what|what's|which|who|who's|whom|whose|where|when|why"
_AUXILIARY = r"is|are|was|were|do|does|did|have|has|had|can|could|will|would"
IMPERATIVES = r"show|list|give|find|tell|count|display|return|get|compute|calculate|compare|name|rank|plot|report"
MEASURES = (
    r"number|count|total|sum|average|avg|mean|median|minimum|maximum|min|max|highest|lowest|longest|shortest"
    r"|largest|smallest|share|percentage|amount"
)
PREPOSITIONS = r"in|for|at|on|during|since|before|after|between|among|within|of|from|to|by|with|without|per|over|under"

QUESTION = re.compile(rf"(?:{_WH}|{_AUXILIARY}|{IMPERATIVES})\b", re.IGNORECASE)
"""How a whole question begins."""
ASKING = re.compile(rf"{QUESTION.pattern}|(?:the\s+)?(?:{MEASURES}|top)\b", re.IGNORECASE)
"""How a question begins that has no question mark; a measure alone may do."""
LISTING = re.compile(rf"(?:{IMPERATIVES})\b", re.IGNORECASE)
MEASURE = re.compile(rf"(?:the\s+)?(?:total\s+)?(?:{MEASURES})\b\s+\S", re.IGNORECASE)
AMENDMENT = re.compile(
    r"(?:please\s+|then\s+|and\s+|but\s+)*"
    r"(?:sort|order|limit|group|include|exclude|only|ignore|use|round|do not|don't|add|skip|leave out|just|not)\b",
    re.IGNORECASE,
)
"""How a sentence begins that changes the question before it and asks nothing itself."""

GROUPING = re.compile(r"\b(?:by|per|(?:for|in|of|at|from)\s+(?:each|every)|grouped by)\s+\w+", re.IGNORECASE)

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    rf"(?:(?:the\s+)?(?:year\s+)?\d{{4}}(?:-\d\d?){{0,2}}|(?:\d{{1,2}}\s+)?{_MONTH}(?:\s+\d{{1,2}}(?!\d))?,?"
    r"(?:\s+(?:of\s+)?\d{4})?|the\s+(?:first|second|third|fourth|last)\s+(?:quarter|half|month|week)(?:\s+of\s+\d{4})?"
    r"|(?:last|this)\s+(?:year|quarter|month|week)|q[1-4](?:\s+\d{4})?)\b"
)
TIME = re.compile(
    rf"\b(?:(?:in|during|since|before|after|until|for|on|between|from)\s+{_DATE}(?:\s+(?:and|to|or)\s+{_DATE})?"
    r"|last\s+(?:year|quarter|month|week)|this\s+(?:year|quarter|month|week)|today|yesterday)",
    re.IGNORECASE,
)

_PREFACE = frozenset(
    "a about also an and answer are asked asking can could dear do few following for give good have hello help here hi"
    " i i'd interested know learn like me my need of one please question questions several show some tell thank thanks"
    " the then these things this to two three four us want we what wish with would you your".split()
)
_WORD = re.compile(r"[\w']+")
_EMPTY = re.compile(
    rf"(?:{_WH}|{_AUXILIARY}|{PREPOSITIONS}|{IMPERATIVES}|many|much|the|a|an|and|or|also|not|me|us|all|it|its|they|them"
    r"|their|that|this|these|those|there|each|most|fewest|least)",
    re.IGNORECASE,
)


def is_preface(text: str) -> bool:
    """Says whether a text only leads up to questions: "Please answer the following"."""
    return all(word.lower() in _PREFACE for word in _WORD.findall(text))


def is_whole_question(text: str) -> bool:
    """Says whether a text asks by itself; a measure alone may lack what it is of."""
    return text.rstrip().endswith(("?", "？")) or bool(QUESTION.match(text))


def stands_alone(text: str) -> bool:
    """Says whether a text names a thing that it asks for; "and how many" does not."""
    return any(not _EMPTY.fullmatch(word) for word in _WORD.findall(text))


def is_asking(text: str) -> bool:
    """Says whether a sentence asks for something."""
    return text.rstrip().endswith(("?", "？")) or bool(ASKING.match(text))
