"""What the small words of a follow-up say: that it is one, and whether the new stands beside or instead of the old."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.phrases import bag
from rowcall_sqlgen.engine.words import Word, words


class Sign(Enum):
    """What a phrase says about the statement before."""

    FOLLOWS = auto()  # what about, of those: the words go on from there
    AND = auto()  # what is shown comes besides; another value comes instead
    ADDS = auto()  # also
    INSTEAD = auto()
    REMOVES = auto()  # regardless of
    FOR_ALL = auto()  # what is named next is no longer restricted
    ALL = auto()  # the same perhaps, or the beginning of a new question
    REVERSES = auto()
    UNLIMITED = auto()
    FIRST = auto()
    ONCE = auto()


_PHRASES: dict[Sign, str] = {
    Sign.FOLLOWS: """
        what about | how about | what if | and what about | and how about | but | now | then | only | just |
        only those | only the ones | just those | just the ones | those | these | them | ones | one | of those |
        of these | of them | among them | among those | make it | make that | change it to | change that to |
        change to | switch to | the sql should | the query should | the statement should | it should |
        the sql should only | the query should only | it should only | should | should only | should be |
        the same for | same for | same but | the same but | same | the same | restrict to | restrict it to |
        limit it to | limit to | filter by | filter on | filter for | filter it to | keep only | use | their | its |
        they | it | for those | narrow it down to | please
    """,
    Sign.AND: "and | plus | and the | and their",
    Sign.ADDS: """
        also | too | as well | in addition | additionally | add | and also | include | and add | also show |
        add the | further | also include | as well as
    """,
    Sign.INSTEAD: "instead | rather | instead please",
    Sign.REMOVES: """
        regardless of | no matter which | no matter what | ignore | remove | drop | leave out | hide | omit |
        do not filter by | not filter by | do not filter on | without filtering by | without the filter on |
        remove the filter on | drop the filter on | remove the condition on | drop the condition on |
        remove the restriction to | without the condition on | remove the filter for | drop the filter for |
        do not show | without showing | without restriction to | do not restrict to
    """,
    Sign.FOR_ALL: "for all | in all | from all | to all | across all | for any | over all | of all | for every",
    Sign.ALL: "all | any",
    Sign.REVERSES: """
        the other way around | other way around | the other way round | reverse the order | reverse it |
        in reverse | reversed | reverse order | turn the order around | flip the order | in the opposite order
    """,
    Sign.UNLIMITED: """
        without the limit | without a limit | no limit | remove the limit | drop the limit | all of them |
        show all | all rows | show all of them | all of those | show them all | unlimited
    """,
    Sign.FIRST: """
        only the first | just the first | the first one | only the first one | just the first one | first one |
        the first row | only the first row | only one | just one | only the top one | the top one
    """,
    Sign.ONCE: """
        without duplicates | no duplicates | remove duplicates | deduplicate | without repetitions |
        each only once | each one once | each once | unique ones | only unique ones | only distinct ones |
        without repeats | remove the duplicates | drop duplicates | without repeated rows | distinct only
    """,
}
_ANYWHERE = frozenset({"of those", "of these", "of them", "among them", "among those", "ones"})
"""Phrases that go on from the answer before wherever they stand; others do so at the beginning alone."""
_OPENING = frozenset({Sign.FOLLOWS, Sign.AND, Sign.FOR_ALL, Sign.ALL})


def _table() -> Mapping[tuple[str, ...], Sign]:
    return {tuple(phrase.split()): sign for sign, text in _PHRASES.items() for phrase in text.split("|")}


_SIGNS = _table()
_LONGEST = max(map(len, _SIGNS))


@dataclass(frozen=True, slots=True)
class Utterance:
    """The words that are left, and the signs that were taken out. `said`: all words."""

    said: tuple[Word, ...]
    words: tuple[Word, ...]
    signs: frozenset[Sign]

    @property
    def follows(self) -> bool:
        """Says whether some phrase speaks of a statement before: such words are no question of their own."""
        return bool(self.signs - {Sign.ALL})


def read_utterance(text: str, index: SchemaIndex) -> Utterance:
    """Takes the signs out, the longest phrase first; phrases that name something in the data stay."""
    said = words(text)
    rest: list[Word] = []
    signs: set[Sign] = set()
    at = 0
    while at < len(said):
        found = _sign(said[at:], index, opening=not rest)
        if found is None:
            rest.append(said[at])
            at += 1
            continue
        signs.add(found[0])
        at += found[1]
    return Utterance(said, tuple(rest), frozenset(signs))


def _sign(rest: Sequence[Word], index: SchemaIndex, *, opening: bool) -> tuple[Sign, int] | None:
    for length in range(min(_LONGEST, len(rest)), 0, -1):
        phrase = tuple(word.lower for word in rest[:length])
        sign = _SIGNS.get(phrase)
        if sign is None or any(word.quoted or (word.emphatic and length == 1) for word in rest[:length]):
            continue
        bound = sign in _OPENING and " ".join(phrase) not in _ANYWHERE
        if (opening or not bound) and not _is_named(rest[:length], index):
            return sign, length
    return None


def _is_named(phrase: Sequence[Word], index: SchemaIndex) -> bool:
    """Says whether a table, a column or a value bears the very name."""
    lower = tuple(word.lower for word in phrase)
    return bag(tuple(word.lemma for word in phrase)) in index.phrases or lower in index.values
