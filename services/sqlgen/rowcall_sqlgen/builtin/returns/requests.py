"""Where a question lists what to show, and what is left of it without the list."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.returns.sortings import Sorting, read_sorting, sorting_start
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import Word, words

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question in two parts: `main` says of which rows, `elements` what to show of them, in order.

    `adds`: the list comes after what the main question shows, and not in its place. `each`: the words behind `for
    each` at the end of the list. `sorting`: an order that stands with the list.
    """

    main: Words
    elements: tuple[Words, ...]
    adds: bool = False
    each: Words = ()
    sorting: Sorting | None = None


_BREAKS = frozenset("?.!;")
_VERBS = frozenset("return show give list provide include display report output".split())
_POLITE = frozenset({"please", "and", "also", "then"})
_SHOWING = frozenset({"showing", "returning", "displaying", "listing"})
_TO_WHOM = frozenset({"me", "us", "only", "just"})
_LINKS = tuple(tuple(link.split()) for link in (",", "and", "&", "plus", "along with", "together with", "as well as"))
_EACH = frozenset({"each", "every"})
_OPENS_CONDITION = frozenset({"who", "that", "which", "whose", "with", "without"})
_ARTICLES = frozenset({"the", "all", "every", "any"})
_COUNTS = frozenset({"count", "counts", "frequency", "frequencies"})
_OPENINGS = frozenset("a an the their its his her hers or he she all both each every relevant corresponding".split())
_LONGEST_TABLE = 3
_NUMBER_OF = words("number of")
_ENDS_NOUN = frozenset("do does did have has had are is were was there in , of for".split())
_CLEARLY_TABLE = 0.9


def requests(question: Words, index: SchemaIndex) -> Iterator[Request]:
    """Yields the ways to cut the question; none where it has no such list."""
    for read in (_own_sentence, _participle, _respective_counts):
        found = read(question)
        if found:
            yield found
    yield from _and_how_many(question)
    named = _after_table(question, index)
    if named:
        yield named


def _own_sentence(question: Words) -> Request | None:
    """`Who ...? Return the A, B and C, ordered by C.`"""
    at = next((at for at in range(len(question) - 1, 0, -1) if _opens_request(question, at)), None)
    if at is None:
        return None
    tail = question[at + 1 :]
    end = next((end for end, word in enumerate(tail) if word.lower in _BREAKS), len(tail))
    rest = tail[end + 1 :]
    sorting = read_sorting(rest) if rest else None
    if rest and sorting is None:
        return None
    found = _listed(_ended(question[:at]), tail[:end])
    return replace(found, sorting=found.sorting or sorting) if found else None


def _opens_request(question: Words, at: int) -> bool:
    """Says whether a sentence that asks to show something begins with the word."""
    if question[at].lower not in _VERBS or question[at].quoted:
        return False
    before = at - 1
    while before and question[before].lower in _POLITE:
        before -= 1
    return question[before].lower in _BREAKS or question[before + 1].text[:1].isupper()


def _ended(main: Words) -> Words:
    while main and main[-1].lower in _BREAKS | _POLITE:
        main = main[:-1]
    return main


def _participle(question: Words) -> Request | None:
    """`The top 5 states by revenue, showing the number of customers and the revenue for each state.`"""
    for at in range(2, len(question)):
        if question[at].lower in _SHOWING and question[at - 1].lower == ",":
            found = _listed(question[: at - 1], question[at + 1 :])
            return replace(found, adds=True) if found else None
    return None


def _respective_counts(question: Words) -> Request | None:
    """`The most common colors and their respective counts.`"""
    end = tuple(word.lower for word in question[-4:])
    if len(question) > len(end) and end[:3] in (("and", "their", "respective"), ("with", "their", "respective")):
        return Request(main=question[:-4], elements=(question[-1:],), adds=True) if end[3] in _COUNTS else None
    return None


def _and_how_many(question: Words) -> Iterator[Request]:
    """`Which user wrote most reviews, and how many reviews did they write?`"""
    lower = [word.lower for word in question]
    starts = [at for at in range(2, len(lower) - 3) if lower[at : at + 3] == ["and", "how", "many"]]
    if len(starts) != 1 or lower[0] not in ("which", "who", "what"):
        return
    start = starts[0]
    main = question[: start - (lower[start - 1] == ",")]
    noun: Words = ()
    for word in question[start + 3 :]:
        if word.lower in _ENDS_NOUN:
            break
        noun = (*noun, word)
    sorted_from = sorting_start(question[start:])
    sorting = read_sorting(question[start + sorted_from :]) if sorted_from is not None else None
    if noun:
        yield Request(main=main, elements=((*_NUMBER_OF, *noun),), adds=True, sorting=sorting)
        yield Request(main=main, elements=(noun,), adds=True, sorting=sorting)


def _after_table(question: Words, index: SchemaIndex) -> Request | None:
    """`Return users (user ID and name) who ...`: the brackets are no words, so the list is what stands in singular."""
    if not question or question[0].lower not in _VERBS:
        return None
    opened = 1
    while question[opened : opened + 1] and question[opened].lower in _ARTICLES | _TO_WHOM:
        opened += 1
    condition = next((at for at, word in enumerate(question) if word.lower in _OPENS_CONDITION), None)
    for end in range(opened + 1, opened + 1 + _LONGEST_TABLE):
        if condition is not None and end < condition and _names_table(question[opened:end], index):
            found = _listed((*question[:end], *question[condition:]), question[end:condition])
            singular = found and all(words[-1].lower == words[-1].lemma for words in found.elements)
            return found if found and singular and len(found.elements) > 1 else None
    return None


def _names_table(words: Words, index: SchemaIndex) -> bool:
    """Says whether the words are the plural of a table's name."""
    links = index.phrases.get(bag(tuple(word.lemma for word in words)), ())
    named = any(isinstance(link.mention, TableMention) and link.quality >= _CLEARLY_TABLE for link in links)
    return named and words[-1].lower != words[-1].lemma


def _listed(main: Words, said: Words) -> Request | None:
    while said and said[0].lower in _TO_WHOM:
        said = said[1:]
    start = sorting_start(said)
    sorting = read_sorting(said[start:]) if start is not None else None
    if start is not None:
        said = said[:start]
    said, each = _without_each(said)
    elements = tuple(_elements(said))
    if not main or not elements or (start is not None and sorting is None):
        return None
    return Request(main=main, elements=elements, each=each, sorting=sorting)


def _without_each(said: Words) -> tuple[Words, Words]:
    for at in range(1, len(said) - 2):
        if said[at].lower == "for" and said[at + 1].lower in _EACH:
            return said[:at], said[at + 2 :]
    return said, ()


def _elements(said: Words) -> Iterator[Words]:
    part: Words = ()
    at = 0
    while at < len(said):
        link = next((link for link in _LINKS if tuple(w.lower for w in said[at : at + len(link)]) == link), ())
        if link:
            yield from (part,) if part else ()
            part = ()
        elif part or said[at].lower not in _OPENINGS:
            part = (*part, said[at])
        at += max(len(link), 1)
    yield from (part,) if part else ()
