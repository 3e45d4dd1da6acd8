"""What is said once and holds for several questions: a time, a filter in front, and what "their" means."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_sqlgen.breakdown.references import antecedent, completed, points_back, resolved
from rowcall_sqlgen.breakdown.vocabulary import PREPOSITIONS, TIME, is_asking

_FRONT = re.compile(rf"(?P<setting>(?:{PREPOSITIONS})\b[^,:?]{{1,80}})[,:]\s+(?P<asked>.+)", re.IGNORECASE)
_FOR = re.compile(r"^(?:for|of|among)\s+(?:all\s+|the\s+)*", re.IGNORECASE)
_PAST = re.compile(r"\b(?:was|were|did|had|\w+ed)\b", re.IGNORECASE)
_PRESENT = re.compile(r"\b(?:is|are|do|does|has|have)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Placed:
    """A question and the setting in front of it: "In 2013" of "In 2013, how many flights were there?"."""

    setting: str
    asked: str

    @property
    def text(self) -> str:
        """Both together."""
        return f"{self.setting}, {self.asked}" if self.setting else self.asked


def placed(question: str) -> Placed:
    """Parts a question from its setting; without one, the setting is empty."""
    match = _FRONT.fullmatch(question)
    return Placed(match["setting"], match["asked"]) if match and is_asking(match["asked"]) else Placed("", question)


def carried(questions: Sequence[Placed]) -> tuple[Placed, ...] | None:
    """Returns the questions completed from each other; `None` where one points at what cannot be told.

    The setting of the first holds for the later ones that have none of their own.
    """
    asked = _with_references(questions)
    if asked is None:
        return None
    setting = questions[0].setting
    settings = [question.setting or ("" if _has_time(setting, question.asked) else setting) for question in questions]
    return tuple(Placed(each, text) for each, text in zip(settings, asked, strict=True))


def with_shared_end(clauses: Sequence[str]) -> tuple[str, ...]:
    """Adds the time at the end of the last clause of a sentence to those before it that speak of the same time."""
    *former, last = clauses
    time = TIME.search(last)
    if time is None or last[time.end() :].strip(" ?.!"):
        return tuple(clauses)
    past = bool(_PAST.search(last))
    return (*(clause if _is_elsewhen(clause, past=past) else f"{clause} {time[0]}" for clause in former), last)


def _is_elsewhen(clause: str, *, past: bool) -> bool:
    """Whether a clause has a time, or, by its tense, is about now where the others are about then."""
    return bool(TIME.search(clause)) or (past and not _PAST.search(clause) and bool(_PRESENT.search(clause)))


def _has_time(setting: str, question: str) -> bool:
    return bool(TIME.search(setting) and TIME.search(question))


def _with_references(questions: Sequence[Placed]) -> tuple[str, ...] | None:
    found: list[str] = []
    meant: str | None = None
    for question in questions:
        whole = completed(question.asked, found[-1] if found else _FOR.sub("how many ", question.setting))
        if not found or not points_back(whole):
            meant = antecedent(whole)
        elif meant is None:
            return None
        else:
            whole = resolved(whole, meant)
        found.append(whole)
    return tuple(found)
