"""Both parts of a ratio: what the words of one say of the other too, and which is the whole where only one is named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from rowcall_sqlgen.builtin.ratios.conditions import names_table, table_at
from rowcall_sqlgen.builtin.ratios.forms import Form, Words, trimmed
from rowcall_sqlgen.builtin.ratios.parts import MEASURING, Part, Parts, says_whole, tail_start, verb_start
from rowcall_sqlgen.builtin.uses import uses
from rowcall_sqlgen.engine.calculating import Figure
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import Aggregate, ColumnRef
from rowcall_sqlgen.engine.meaning import Meaning, Predicate, columns_of

UNEQUAL = 0.5
"""Where only one of two kinds of the same rows has a condition, that of the other was likely not understood."""

UNLIKE = 0.8
"""Where two kinds of the same rows are told apart by different columns."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two parts; `factor`: how well they go together, 0..1."""

    first: Part
    second: Part
    factor: float = 1.0


def pairs(form: Form, parts: Parts, index: SchemaIndex) -> Iterator[Pair]:
    """Yields pairs that may be what the form asks for."""
    first = _completed(trimmed(form.first), trimmed(form.second), index)
    yield from _Pairing(form, parts).of(first) if form.second else _shares(first, form.each, parts)


def _completed(first: Words, second: Words, index: SchemaIndex) -> Words:
    """Adds the noun to `male` in `male to female students`, the name to `maximum` in `maximum and minimum age`."""
    if first and all(word.lower in MEASURING for word in first):
        return (*first, *second[1:])
    if names_table(first, index):
        return first
    noun = table_at(second, index)
    return (*first, *second[noun:]) if noun else first


class _Pairing:
    """Pairs a part with the second part of a form."""

    def __init__(self, form: Form, parts: Parts) -> None:
        self._form = form
        self._parts = parts
        self._seconds = parts.of(form.second, form.each)

    def of(self, words: Words) -> Iterator[Pair]:
        firsts = self._parts.of(words)
        likeliest = next(product(firsts, self._seconds), None)
        if self._form.each and not (likeliest and _same_rows(*likeliest)):
            firsts = self._parts.of(words, self._form.each)
        for first, second in product(firsts, self._seconds):
            if not self._form.each or first.figure.meaning.group:
                yield from self._shared(first, second, words)
            elif _same_rows(first, second):
                yield from self._shared(_grouped_as(second, first), second, words)

    def _shared(self, first: Part, second: Part, words: Words) -> Iterator[Pair]:
        """What holds for the whole holds for its part; a tail such as `in Rome` holds for both."""
        one, other = first.figure, second.figure
        if _same_rows(first, second) and (self._form.inside or says_whole(self._form.second)):
            within = one.under(other.meaning.where, other.meaning.joins)
            if within.meaning.where != other.meaning.where or one.meaning.group != other.meaning.group:
                yield Pair(replace(first, figure=within), second)
            return
        tail = self._tail(one, second)
        if tail and not _same_rows(first, second):
            tailed = (*words, *_tail_words(self._form.second))
            yield from (Pair(each, second) for each in self._parts.of(tailed, self._form.each))
            return
        narrowed = replace(first, figure=one.under(tail, other.meaning.joins)) if tail else first
        if narrowed.figure != other:
            yield Pair(narrowed, second, _likeness(first, second, tail))

    def _tail(self, one: Figure, second: Part) -> tuple[Predicate, ...]:
        """Returns the conditions that the end of the question says of both parts."""
        words = trimmed(self._form.second)
        start = tail_start(words)
        if start is None or not second.figure.meaning.where:
            return ()
        without = self._parts.of(words[:start], self._form.each)
        if not without or not _same_rows(without[0], second):
            return ()
        kept = without[0].figure.meaning.where
        tail = tuple(each for each in second.figure.meaning.where if each not in kept)
        own = {column for predicate in one.meaning.where for column in columns_of(predicate)}
        return tail if not any(own.intersection(columns_of(predicate)) for predicate in tail) else ()


def _tail_words(second: Words) -> Words:
    words = trimmed(second)
    return words[tail_start(words) :]


def _same_rows(one: Part, other: Part) -> bool:
    return one.figure.meaning.source == other.figure.meaning.source


def _likeness(first: Part, second: Part, tail: tuple[Predicate, ...]) -> float:
    """Weighs two kinds of the same rows: they are told apart in the same way, and counted so."""
    one, other = first.figure, second.figure
    if not _same_rows(first, second) or {one.measure.aggregate, other.measure.aggregate} != {Aggregate.COUNT}:
        return 1.0
    rest = tuple(predicate for predicate in other.meaning.where if predicate not in tail)
    if one.measure != other.measure or bool(one.meaning.where) != bool(rest):
        return UNEQUAL
    return 1.0 if _columns(one.meaning.where) == _columns(rest) else UNLIKE


def _columns(where: tuple[Predicate, ...]) -> frozenset[ColumnRef]:
    return uses(Meaning(items=(), source="", where=where)).columns


def _grouped_as(other: Part, part: Part) -> Part:
    joined = part.figure.under((), other.figure.meaning.joins)
    meaning = replace(joined.meaning, group=other.figure.meaning.group)
    return replace(part, figure=replace(joined, meaning=meaning))


def _shares(words: Words, each: Words, parts: Parts) -> Iterator[Pair]:
    """A part of the whole that it names itself; without a condition of its own it is one group of the whole."""
    for part in parts.of(words, each):
        meaning = part.figure.meaning
        kept = _conditions_of_whole(words, part, parts)
        whole = part.figure.without(tuple(predicate for predicate in meaning.where if predicate not in kept))
        if whole.meaning.where == meaning.where and meaning.group:
            ungrouped = replace(whole.meaning, group=(), items=(whole.measure,))
            whole = Figure(ungrouped, whole.measure).without(())
        if whole.meaning != meaning:
            yield Pair(part, replace(part, figure=whole))


def _conditions_of_whole(words: Words, part: Part, parts: Parts) -> tuple[Predicate, ...]:
    """Returns what holds for the whole too: `in class 5` in `girls in class 5` and in `pupils in class 5 are girls`."""
    where = part.figure.meaning.where
    verb, tail = verb_start(words), tail_start(words)
    if not where or (verb is None and (tail is None or len(where) == 1)):
        return ()
    before = parts.of(words[: tail if verb is None else verb])
    if not before or not _same_rows(before[0], part):
        return ()
    own = before[0].figure.meaning.where
    if verb is not None:
        return own
    return tuple(predicate for predicate in where if predicate not in own) if own else ()
