"""Conditions in the few words that ratios contrast: `open shops`, `flights with stops`, `good reviews (rating > 3)`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.ratios.forms import Words
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import is_stop_word
from rowcall_sqlgen.engine.marks import ColumnRef, Operator, TableMention
from rowcall_sqlgen.engine.meaning import Comparison, Scalar
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.vocabulary import LEXICON
from rowcall_sqlgen.engine.words import Word, words

_OPPOSITES = {"closed": "open", "failed": "successful", "single": "married", "off": "on"}
_DENYING = ("un", "in", "non", "im", "ir", "dis")
_FLAG_WORDS = frozenset({"is", "was", "has", "be", "flag"})
_YES = frozenset({"t", "true", "y", "yes"})
_NO = frozenset({"f", "false", "n", "no"})
_SYMBOLS = frozenset({"<", ">", "<=", ">=", "=", "<>", "!="})
_OPENS_CONDITION = frozenset("with whose where and or having a an".split())
_WITH = words("with")
_NAMED = 0.6
_NAMED_WELL = 0.9
_LONGEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Plain:
    """A part without the words that became conditions. The conditions are alternatives, of one table each."""

    words: Words
    conditions: tuple[Comparison, ...] = ()


def plain(part: Words, index: SchemaIndex) -> Plain:
    """Takes a condition of this kind out of the words; most parts have none."""
    part = tuple(_known(word, index) for word in part)
    return _defined(part, index) or _amount(part, index) or _flag(part, index) or Plain(part)


def names_table(part: Words, index: SchemaIndex, *, least_quality: float = _NAMED) -> bool:
    """Says whether some of the words are the name of a table."""
    return table_at(part, index, least_quality) is not None


def with_rows(part: Words, index: SchemaIndex) -> Words:
    """Adds the name of the rows that hold a value, where only that stands for them: `dogs` are pets."""
    tables = {link.mention.table for word in part for link in index.values.get((word.lower,), ())}
    if names_table(part, index) or len(tables) != 1:
        return part
    return (*part, *words(" ".join(spelled_words(*tables))))


def table_at(part: Words, index: SchemaIndex, least_quality: float = _NAMED) -> int | None:
    """Returns where the first name of a table begins."""
    for start in range(len(part)):
        for end in range(start + 1, min(start + _LONGEST_NAME, len(part)) + 1):
            links = index.phrases.get(bag(tuple(word.lemma for word in part[start:end])), ())
            if any(isinstance(link.mention, TableMention) and link.quality >= least_quality for link in links):
                return start
    return None


def _known(word: Word, index: SchemaIndex) -> Word:
    """Returns a stored value where the word is its plural: `dogs`."""
    names_nothing = (word.lower,) not in index.values and (word.lemma,) not in index.phrases
    is_value = (word.lemma,) in index.values and not word.quoted
    return replace(word, text=word.lemma, lower=word.lemma) if names_nothing and is_value else word


def _defined(part: Words, index: SchemaIndex) -> Plain | None:
    """`good reviews rating > 3` says what it calls good: unknown words before the name go, `with` is put in."""
    at = next((at for at, word in enumerate(part) if word.lower in _SYMBOLS), 0)
    named = table_at(part, index)
    if named is None or at < named + 2 or part[at - 2].lower in _OPENS_CONDITION:
        return None
    known = tuple(word for word in part[:named] if (word.lower,) in LEXICON or (word.lower,) in index.values)
    return Plain((*known, *part[named : at - 1], *_WITH, *part[at - 1 :]))


def _amount(part: Words, index: SchemaIndex) -> Plain | None:
    """`flights with stops`, where `stops` is a number of each flight."""
    for at in range(1, len(part) - 1):
        word, name = part[at].lower, tuple(word.lemma for word in part[at + 1 :])
        if word in ("with", "without") and not names_table(part[at + 1 :], index, least_quality=_NAMED_WELL):
            links = index.phrases.get(bag(name), ())
            operator = Operator.GT if word == "with" else Operator.EQ
            found = tuple(
                Comparison(link.mention.columns[0], operator, 0)
                for link in links
                if not isinstance(link.mention, TableMention) and link.quality >= _NAMED_WELL
                if index.is_quantity(link.mention.columns[0]) and part[-1].lower != part[-1].lemma
            )
            return Plain(part[:at], found) if found else None
    return None


def _flag(part: Words, index: SchemaIndex) -> Plain | None:
    """`open shops`, where the shops have a column `is_open` of ones and zeros."""
    for at, word in enumerate(part[:-1]):
        found = () if is_stop_word(word) or word.quoted else tuple(_flags(word.lower, index))
        if found and names_table(part[at + 1 :], index):
            return Plain((*part[:at], *part[at + 1 :]), found)
    return None


def _flags(word: str, index: SchemaIndex) -> Iterator[Comparison]:
    denied = {_OPPOSITES.get(word, "")} | {word.removeprefix(prefix) for prefix in _DENYING if word.startswith(prefix)}
    for table in index.tables:
        for column in index.columns(table):
            name = set(spelled_words(column.column)) - _FLAG_WORDS
            values = _yes_and_no(column, index) if name == {word} or (len(name) == 1 and name <= denied) else None
            if values:
                yield Comparison(column, Operator.EQ, values[0] if name == {word} else values[1])


def _yes_and_no(column: ColumnRef, index: SchemaIndex) -> tuple[Scalar, Scalar] | None:
    profile = index.column(column).profile
    if (profile.minimum, profile.maximum) == (0, 1) and index.is_numeric(column):
        return 1, 0
    texts = [value for value in profile.values if isinstance(value, str)]
    yes = [text for text in texts if text.lower() in _YES]
    no = [text for text in texts if text.lower() in _NO]
    return (yes[0], no[0]) if len(texts) == len(yes) + len(no) == 2 and yes and no else None
