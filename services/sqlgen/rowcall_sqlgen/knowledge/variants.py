"""A stored pair that differs from a question only in values: its SQL with the other values."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.knowledge.model import Pair
from rowcall_sqlgen.knowledge.questions import tokens
from rowcall_sqlgen.knowledge.slots import LONGEST_VALUE, Slot, slots

_Filling = dict[int, exp.Expr]
"""Literals by their place in the tree."""


def may_vary(question: str, pair: Pair) -> bool:
    """Says, at no cost, whether it is worth looking: no less than half of the words are the same."""
    stored, asked = ({token.casefold() for token in tokens(text)} for text in (pair.question, question))
    return 2 * len(stored & asked) >= len(stored)


def variant(question: str, pair: Pair, catalog: Catalog) -> str | None:
    """Returns the pair's SQL with the question's values, where every other word is the same and nothing is in doubt.

    The pair's SQL has passed the guard. Only values that occur exactly once in the pair's question and once in its SQL
    are replaced.
    """
    stored, asked = tokens(pair.question), tokens(question)
    tree = _parsed(pair.sql, catalog)
    if tree is None or not (found := slots(stored, tree, catalog)):
        return None
    fillings = {_written(tree, filling, catalog) for filling in _fillings(stored, asked, found)}
    return fillings.pop() if len(fillings) == 1 else None


def _fillings(stored: Sequence[str], asked: Sequence[str], found: Sequence[Slot]) -> Iterator[_Filling]:
    """Yields every way in which the questions are the same up to the slots."""
    start = found[0].start if found else len(stored)
    if not _same(stored[:start], asked[:start]):
        return
    if not found:
        if len(stored) == len(asked):
            yield {}
        return
    slot, rest = found[0], asked[start:]
    moved = [_moved(each, slot.end) for each in found[1:]]
    for length in range(1, min(LONGEST_VALUE, len(rest)) + 1):
        if literal := slot.literal(rest[:length]):
            for filling in _fillings(stored[slot.end :], rest[length:], moved):
                yield {slot.at: literal, **filling}


def _moved(slot: Slot, by: int) -> Slot:
    return replace(slot, start=slot.start - by, end=slot.end - by)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return [token.casefold() for token in one] == [token.casefold() for token in other]


def _written(tree: exp.Expr, filling: _Filling, catalog: Catalog) -> str:
    copy = tree.copy()
    for at, literal in enumerate(list(copy.find_all(exp.Literal))):
        if at in filling:
            literal.replace(filling[at].copy())
    return copy.sql(dialect=catalog.dialect.value, comments=False)


def _parsed(sql: str, catalog: Catalog) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, dialect=catalog.dialect.value)
    except (SqlglotError, RecursionError):
        return None
