"""Which rows a statement keeps, in words: `with origin JFK and dep delay above 60 in July 2013`."""

import re
from collections.abc import Mapping

from rowcall_summarizer.calendar_text import period_text
from rowcall_summarizer.cell_text import short_text
from rowcall_summarizer.nouns import plural, singular, spelled
from rowcall_summarizer.number_text import number_text
from rowcall_summarizer.phrasing import listed
from rowcall_summarizer.statement import Statement, bare, without_literals

MOST_CONDITIONS = 3
"""More of them are only said to exist."""

_NAME = r'(?:"(?:[^"]|"")*"|\w+)'
_CONDITION = re.compile(
    rf"(?:(?P<table>{_NAME})\.)?(?P<column>{_NAME}) "
    r"(?:(?P<operator>=|<>|<=|>=|<|>) (?P<value>'(?:[^']|'')*'|-?\d+(?:\.\d+)?)|(?P<missing>IS NULL))"
)
_TEXT = re.compile(r"'(?:[^']|'')*'")
_INVOLVED = re.compile(r"\b(OR|NOT|IN|LIKE|BETWEEN|SELECT|CASE|EXISTS)\b")
_NUMBERS: Mapping[str, str] = {"=": "", "<>": "other than ", "<": "below ", "<=": "of at most ", ">": "above "}
_AMOUNTS: Mapping[str, str] = {
    "=": "",
    "<": "fewer than ",
    "<=": "at most ",
    ">": "more than ",
    ">=": "at least ",
}
_TEXTS: Mapping[str, str] = {"=": "", "<>": "other than ", "<": "before ", "<=": "up to ", ">": "after "}
_CALENDAR = ("year", "month", "day")


def conditions_text(statement: Statement, question: str) -> str | None:
    """Returns the conditions, empty where there are none, and `None` where they are too many or too involved to say."""
    where = statement.clauses.get("WHERE", "")
    if not where:
        return ""
    found = _read(where)
    if found is None:
        return None
    equal = {bare(c["column"]): int(c["value"]) for c in found if c["operator"] == "=" and _is_whole(c["value"])}
    period = period_text({part: value for part, value in equal.items() if part in _CALENDAR})
    said = [c for c in found if not (period and bare(c["column"]) in _CALENDAR and c["operator"] == "=")]
    if len(said) > MOST_CONDITIONS:
        return None
    with_ = [_said(c, statement, question) for c in said if not c["missing"]]
    without = [_subject(c, statement, question) for c in said if c["missing"]]
    return " ".join(
        part
        for part in (
            f"with {listed(with_)}" if with_ else "",
            f"without {listed(without)}" if without else "",
            period or "",
        )
        if part
    )


def _read(where: str) -> list[re.Match[str]] | None:
    if _INVOLVED.search(without_literals(where)):
        return None
    texts = _TEXT.findall(where)
    plain = _TEXT.sub("''", where).replace("(", "").replace(")", "")
    if plain.count("''") != len(texts):
        return None
    pieces = plain.split(" AND ")
    left = iter(texts)
    found = [_CONDITION.fullmatch(re.sub("''", lambda _: next(left), piece)) for piece in pieces]
    whole = [condition for condition in found if condition is not None]
    return whole if len(whole) == len(found) else None


def _said(condition: re.Match[str], statement: Statement, question: str) -> str:
    value, operator = condition["value"], condition["operator"]
    if value.startswith("'"):
        relation = _TEXTS.get(operator, "from ")
        return f"{_subject(condition, statement, question)} {relation}{_unquoted(value)}"
    plain = bare(condition["column"]) in _CALENDAR
    number = value if plain else number_text(value)
    subject = _subject(condition, statement, question)
    if operator in _AMOUNTS and subject == plural(subject):
        return f"{_AMOUNTS[operator]}{number} {subject}"
    return f"{subject} {_NUMBERS.get(operator, 'of at least ')}{number}"


def _subject(condition: re.Match[str], statement: Statement, question: str) -> str:
    """Names the column, with its table where `name` alone would be anybody's."""
    column = bare(condition["column"])
    table = statement.tables.get(bare(condition["table"])) if condition["table"] else None
    first = next(iter(statement.tables.values()), None)
    owner = f"{singular(spelled(table, ''))} " if table and table != first else ""
    return f"{owner}{spelled(column, question)}"


def _unquoted(text: str) -> str:
    return short_text(text[1:-1].replace("''", "'"))


def _is_whole(value: str | None) -> bool:
    return value is not None and re.fullmatch(r"\d{1,4}", value) is not None
