"""Questions in words that the rest of the engine reads better; what they ask for stays the same."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from rowcall_sqlgen.builtin.sorting_words import listed, one_way, superlative
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnMention, ColumnRef, TableMention
from rowcall_sqlgen.engine.part_mentions import CALENDAR_WORDS
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import Word, words

Words = tuple[Word, ...]

_LONGEST_CODE = 4
_LONGEST_PLACE = 3
_BEFORE_NAMES = frozenset("from to in at of for by and or between via through into".split())
_FOR_EACH = words("for each")
_CONTAINS, _WHOSE = words("contains"), words("whose")
_PARTS_OF_TEXT = frozenset("the a an letter letters word words substring string character characters text".split())
_HAVING = frozenset("has have having".split())
_RELATIVE = frozenset("that which who".split())
_TELEPHONES = frozenset("phone telephone fax mobile cellphone".split())
_CLOSING = frozenset(". ? ! ; , and or".split())
_OF_DAY = (("of", "the", "day"), ("of", "day"))

_MONEY = tuple(
    tuple(phrase.split())
    for phrase in (
        *("total revenue amount", "revenue amount", "total sales revenue", "sales revenue", "total sales amount"),
        *("sales amount", "sales value", "total revenue", "revenue", "turnover", "total sales"),
    )
)
_COUNTED = frozenset({"count", "counts", "number", "numbers", "people", "person", "persons", "representatives"})
_AMOUNTS = frozenset({"amount", "price", "revenue", "total"})
_SELLING = frozenset({"sale", "order", "purchase", "invoice", "transaction"})

_AGENTS = {
    "make": "manufacturer maker producer brand",
    "manufacture": "manufacturer maker producer",
    "build": "manufacturer builder maker",
    "produce": "producer manufacturer",
    "write": "author writer",
    "direct": "director",
    "operate": "operator airline carrier company",
    "fly": "airline carrier pilot",
    "own": "owner",
    "teach": "teacher instructor professor",
    "publish": "publisher",
    "supply": "supplier vendor",
    "sell": "seller vendor salesperson",
}
_FORMS = {"made": "make", "built": "build", "wrote": "write", "taught": "teach", "sold": "sell", "flew": "fly"}
_FORMS |= {"flies": "fly", "operated": "operate"}


def reworded(question: Words, index: SchemaIndex) -> Words:
    """Returns the question with every rule applied once."""
    rules: tuple[Callable[[Words, SchemaIndex], Words], ...] = (
        *(_with_each, _letters, _contained, _hours, _joined, _persons, _rows, _who),
        *(_codes, _of_column, _money, _telephones, _columns_alone, listed, one_way, superlative),
    )
    for rule in rules:
        question = rule(question, index)
    return question


def _with_each(question: Words, index: SchemaIndex) -> Words:
    """Says `for each` instead of `per`, which the parser's training questions hardly ever say."""
    if any("per" in bag for bag in index.phrases):
        return question
    return tuple(said for word in question for said in (_FOR_EACH if word.lower == "per" else (word,)))


def _letters(question: Words, _: SchemaIndex) -> Words:
    """`Starts with the letter a`: no article."""
    said = list(question)
    for at, (before, word) in enumerate(pairwise(question), 1):
        if before.lower in ("letter", "character") and not word.quoted and len(word.text) == 1 and word.text.isalnum():
            said[at] = replace(word, quoted=True)
    return tuple(said)


def _contained(question: Words, _: SchemaIndex) -> Words:
    """`Whose name has the letter "a" in it` contains it, and `those that have "a" in their name` are such."""
    lower = [word.lower for word in question]
    at = next((at for at, word in enumerate(question) if word.quoted and lower[at + 1 : at + 2] == ["in"]), None)
    if at is None or at + 2 >= len(question):
        return question
    start = at - 1
    while start > 0 and lower[start] in _PARTS_OF_TEXT:
        start -= 1
    if lower[start] not in _HAVING:
        return question
    if lower[at + 2] in ("it", "them"):
        return (*question[:start], *_CONTAINS, question[at], *question[at + 3 :])
    if start < 1 or lower[at + 2] not in ("its", "their") or lower[start - 1] not in _RELATIVE:
        return question
    end = next((end for end in range(at + 3, len(question)) if lower[end] in _CLOSING), len(question))
    return (*question[: start - 1], *_WHOSE, *question[at + 3 : end], *_CONTAINS, question[at], *question[end:])


def _hours(question: Words, index: SchemaIndex) -> Words:
    """`Hour of the day` is the hour, where the data has such a column."""
    lower = [word.lower for word in question]
    for at in range(len(lower) - 2):
        size = next((len(tail) for tail in _OF_DAY if tuple(lower[at + 1 : at + 1 + len(tail)]) == tail), 0)
        if size and question[at].lemma == "hour" and ("hour",) in index.phrases:
            return (*question[: at + 1], *question[at + 1 + size :])
    return question


def _joined(question: Words, index: SchemaIndex) -> Words:
    """`Check-ins` are two words here, where the data has a table `checkin`."""
    said: list[Word] = []
    for word in question:
        before = said[-1] if said else None
        together = words(f"{before.text}{word.text}") if before and not (before.quoted or word.quoted) else ()
        if before and len(together) == 1 and (together[0].lemma,) in index.phrases and not _known(before, word, index):
            said[-1:] = together
        else:
            said.append(word)
    return tuple(said)


def _known(first: Word, second: Word, index: SchemaIndex) -> bool:
    return any(
        bag(lemmas) in index.phrases for lemmas in ((first.lemma,), (second.lemma,), (first.lemma, second.lemma))
    )


def _persons(question: Words, index: SchemaIndex) -> Words:
    """`Sales representatives` are salespersons, where the data calls them so."""
    if ("salesperson",) not in index.phrases:
        return question
    said: list[Word] = []
    for word in question:
        if said and said[-1].lower == "sales" and word.lemma in ("representative", "rep", "agent"):
            said[-1:] = words("salespersons" if word.lower != word.lemma else "salesperson")
        else:
            said.append(word)
    return tuple(said)


def _rows(question: Words, index: SchemaIndex) -> Words:
    """`Customer signups` are customers; `best selling` says no more than the ranking behind it."""
    said: list[Word] = []
    lower = [word.lower for word in question]
    for at, word in enumerate(question):
        before = index.phrases.get((said[-1].lemma,), ()) if said else ()
        is_table = any(isinstance(link.mention, TableMention) for link in before)
        if word.lemma in ("signup", "registration") and is_table and (word.lemma,) not in index.phrases:
            said[-1:] = words(f"{said[-1].text}s")
        elif word.lower == "selling" and at and lower[at - 1] in ("best", "top") and "by" in lower[at:]:
            said.pop()
        else:
            said.append(word)
    return tuple(said)


def _of_column(question: Words, index: SchemaIndex) -> Words:
    """`In the state of New York` means the state and not the city of that name."""
    for at in range(len(question) - 2):
        noun, of = question[at], question[at + 1]
        if of.lower != "of" or question[at + 2].quoted or not _is_place(noun, index):
            continue
        for size in range(_LONGEST_PLACE, 0, -1):
            key = tuple(word.lower for word in question[at + 2 : at + 2 + size])
            found = [link.mention for link in index.values.get(key, ()) if link.quality == 1.0]
            own = {each.value for each in found if spelled_words(each.column.column) == (noun.lemma,)}
            if len(own) == 1 and len({each.column for each in found}) > 1:
                (value,) = own
                stored = Word(value, value.lower(), value.lower(), quoted=True)
                return _of_column((*question[: at + 2], stored, *question[at + 2 + size :]), index)
    return question


def _is_place(noun: Word, index: SchemaIndex) -> bool:
    """A column's name, but no unit of the calendar: `the month of April 2021` is a period as a whole."""
    return (noun.lemma,) in index.phrases and noun.lemma not in CALENDAR_WORDS


def _who(question: Words, index: SchemaIndex) -> Words:
    """`Who makes the planes` asks for a manufacturer, where the data names any."""
    if len(question) < 3 or question[0].lower != "who":
        return question
    verb = _FORMS.get(question[1].lower, question[1].lemma.removesuffix("d"))
    agents = _AGENTS.get(verb, _AGENTS.get(question[1].lemma, "")).split()
    known = next((agent for agent in agents if (agent,) in index.phrases), None)
    return (*words(f"which {known}"), *question[1:]) if known else question


def _telephones(question: Words, index: SchemaIndex) -> Words:
    """`Phone numbers` are phones, where a column is called so: nothing is counted."""
    said: list[Word] = []
    for word in question:
        before = said[-1].lemma if said else ""
        names = before in _TELEPHONES and (before,) in index.phrases and bag((before, "number")) not in index.phrases
        if not (names and word.lemma == "number"):
            said.append(word)
    return tuple(said)


def _columns_alone(question: Words, index: SchemaIndex) -> Words:
    """`Name and age information` is no more than name and age."""
    if ("information",) in index.phrases:
        return question
    said: list[Word] = []
    for word in question:
        before = index.phrases.get((said[-1].lemma,), ()) if said else ()
        is_column = any(isinstance(link.mention, ColumnMention) and link.quality == 1.0 for link in before)
        if not (is_column and word.lower in ("information", "info")):
            said.append(word)
    return tuple(said)


def _codes(question: Words, index: SchemaIndex) -> Words:
    """`from Los Angeles (LAX)` names one place twice; its code is the better known."""
    found: list[Word] = []
    for at, word in enumerate(question):
        names = _named_before(question, at) if _is_code(word, index) else 0
        if names:
            del found[-names:]
        found.append(word)
    return tuple(found)


def _is_code(word: Word, index: SchemaIndex) -> bool:
    return word.emphatic and not word.quoted and 1 < len(word.text) <= _LONGEST_CODE and (word.lower,) in index.values


def _named_before(question: Words, at: int) -> int:
    """Returns how many capitalised words stand right before, up to a preposition."""
    for count in range(1, _LONGEST_PLACE + 1):
        if at - count < 1 or not _is_name(question[at - count]):
            return 0
        if question[at - count - 1].lower in _BEFORE_NAMES:
            return count
    return 0


def _is_name(word: Word) -> bool:
    return word.text[:1].isupper() and not word.emphatic and not word.quoted


def _money(question: Words, index: SchemaIndex) -> Words:
    """`Revenue` is what sales brought in, where one column alone holds that and nothing is called revenue."""
    column = _takings(index)
    price = words(" ".join(spelled_words(column.column))) if column else ()
    said: list[Word] = []
    at = 0
    while at < len(question):
        size = _money_at(question, at) if column else 0
        total = words("total") if size and question[at].lower == "total" else ()
        said += (*total, *price) if size else question[at : at + 1]
        at += size or 1
    return tuple(said)


def money_read(question: Words, index: SchemaIndex) -> tuple[Words, ColumnRef] | None:
    """Returns the first words for money that are said otherwise, and the column that they are taken for."""
    column = _takings(index)
    at = next((at for at in range(len(question)) if _money_at(question, at)), None)
    if column is None or at is None:
        return None
    said = question[at : at + _money_at(question, at)]
    return tuple(word for word in said if word.lower != "total") or said, column


def _money_at(question: Words, at: int) -> int:
    return next((len(phrase) for phrase in _MONEY if _is_at(question, at, phrase)), 0)


def _is_at(question: Words, at: int, phrase: tuple[str, ...]) -> bool:
    after = question[at + len(phrase)].lower if at + len(phrase) < len(question) else ""
    return tuple(word.lower for word in question[at : at + len(phrase)]) == phrase and after not in _COUNTED


def _takings(index: SchemaIndex) -> ColumnRef | None:
    """Returns the one column of what sales brought in; none where something is called revenue."""
    if any((noun,) in index.phrases for noun in ("revenue", "turnover")):
        return None
    tables = [table for table in index.tables if spelled_words(table)[-1] in _SELLING]
    columns = [
        ref
        for table in tables
        for ref in index.columns(table)
        if _AMOUNTS.intersection(spelled_words(ref.column)) and index.is_quantity(ref)
    ]
    return columns[0] if len(columns) == 1 else None
