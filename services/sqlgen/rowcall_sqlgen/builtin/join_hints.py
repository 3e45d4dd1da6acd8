"""Questions that also say how to join: the hint is taken out, and only what reads the tables that it names answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import Word

TRUST = 0.95
"""Of the rest's probability. A guess, not fitted: the open data has too few such questions."""
_HINT = re.compile(
    r"""(?:\ ,)?\ (?:by|based\ on|using|through|via)(?:\ (?:doing|performing|making|using))?(?:\ (?:a|an|the))?
    (?P<kind>(?:\ (?:left|right|full|outer|inner|simple))*)\ join(?:ing|s)?\ (?P<tables>[^?.!;]+?)(?:\ [?.!;])?$""",
    re.VERBOSE,
)
_KEEPS_ROWS = frozenset({"left", "right", "full", "outer"})
_DENYING = frozenset({"no", "not", "without", "never"})
_LONGEST_TABLE = 4
_CLEARLY_TABLE = 0.9


def join_hints(question: tuple[Word, ...], index: SchemaIndex, *, today: date, ask: Ask) -> Sequence[Trusted]:
    """Answers `..., based on joining the customers and orders tables`; `today` is that of the rest of the question.

    None where an outer join is asked for and nothing is denied: that would keep rows which other joins lose.
    """
    found = _HINT.search(" ".join(word.lower.replace(" ", "_") for word in question))
    if found is None:
        return ()
    start, tables = (len(found.string[: found.start(group)].split()) for group in (0, "tables"))
    rest, hint = question[:start], question[start:]
    keeps_rows = not _KEEPS_ROWS.isdisjoint(found["kind"].split())
    if (keeps_rows and _DENYING.isdisjoint(word.lower for word in rest)) or any(word.quoted for word in hint):
        return ()
    named = frozenset(_tables(question[tables:], index))
    answers = [trusted for trusted in ask(rest) if named <= _reached(trusted, index)] if named else []
    said = tuple(word.text for word in hint)
    return tuple(replace(each, probability=each.probability * TRUST, said=(*each.said, *said)) for each in answers)


def _tables(said: Sequence[Word], index: SchemaIndex) -> Iterator[str]:
    """Yields the tables that the words name, the longest names first."""
    at = 0
    while at < len(said):
        for end in range(min(at + _LONGEST_TABLE, len(said)), at, -1):
            table = _table(said[at:end], index)
            if table:
                yield table
                at = end - 1
                break
        at += 1


def _table(said: Sequence[Word], index: SchemaIndex) -> str | None:
    for link in index.phrases.get(bag(tuple(word.lemma for word in said)), ()):
        if isinstance(link.mention, TableMention) and link.quality >= _CLEARLY_TABLE:
            return link.mention.table
    return None


def _reached(trusted: Trusted, index: SchemaIndex) -> frozenset[str]:
    """Returns the tables that the answer reads or compares references to: to join these would change nothing."""
    read = trusted.proposal.uses
    parents = (index.graph.parent_of(column) for column in read.columns)
    return read.tables.union(parent.table for parent in parents if parent)
