"""What a question counts, in its own words."""

import re
from itertools import takewhile

from rowcall_summarizer.nouns import plural, same_noun
from rowcall_summarizer.statement import without_literals

_COUNTING = re.compile(
    r"\b(?:how many|number of|count of|count|(?:most|fewest)(?!\s+(?:common|frequent|popular|often|used)))\s+"
    r"(?:(?:all|the|different|distinct|of)\s+)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_NOUN = 3
_COUNT_CALL = re.compile(r"\bcount\s*\(", re.IGNORECASE)
_ENDS = frozenset("per by for in of from to at on with that which did do does are were is was have has each".split())
_KEYWORDS = frozenset(
    "select distinct from join left inner on as where and or not in is null group by having order asc desc limit with "
    "count sum avg min max between like".split()
)


def counted_noun(question: str, sql: str) -> str | None:
    """Returns the noun that the question counts (`flights`, `late flights`), up to a word that the statement has too.

    The statement confirms it: where it counts nothing, or names no such table or column, there is no noun.
    """
    counting = _COUNTING.search(question)
    statement = without_literals(sql)
    if counting is None or _COUNT_CALL.search(statement) is None:
        return None
    known = {word for word in _WORD.findall(statement) if word.lower() not in _KEYWORDS}
    after = _WORD.findall(question[counting.end() :])[:_LONGEST_NOUN]
    words = list(takewhile(lambda word: word.lower() not in _ENDS, after))
    end = next((at + 1 for at, word in enumerate(words) if any(same_noun(word, name) for name in known)), None)
    return " ".join(words[:end]) if end else None


def row_noun(question: str, table: str | None) -> str | None:
    """Returns the plural noun for rows of a table, as the question has it; `None` where the table's name is no noun."""
    if table is None:
        return None
    last = _WORD.findall(table)[-1:] or [table]
    said = next((word.lower() for word in _WORD.findall(question) if same_noun(word, last[0])), None)
    if said is not None:
        return plural(said)
    return " ".join(word.lower() for word in _WORD.findall(table)) if table.lower().endswith("s") else None
