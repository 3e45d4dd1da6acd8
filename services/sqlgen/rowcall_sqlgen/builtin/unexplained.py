"""Words of a question that a proposal leaves unexplained: the more they matter, the likelier it must be right."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from rowcall_sqlgen.builtin.evidence import STRANGE, Understanding, likeness_of_uncovered
from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.builtin.uses import inner_parts
from rowcall_sqlgen.engine.adjectives import COMPARATIVES, HOW, SUPERLATIVES
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.linking import is_stop_word
from rowcall_sqlgen.engine.meaning import Meaning
from rowcall_sqlgen.engine.vocabulary import QUESTION_WORDS, UNITS
from rowcall_sqlgen.engine.word_stems import stem, stems
from rowcall_sqlgen.engine.words import Word
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind

SHAPING = frozenset(
    """
    but no one than once time shared amongst letter substring string text word character value number amount kind type
    way anywhere great small big always recent recently frequency occurrence result yet correspond corresponding
    """.split()
)
"""Lemmas that say how something is asked for, and name nothing."""
_GENERIC = frozenset("name rate area region level figure information detail".split())
"""Lemmas that add nothing to a column's name beside them: `cloud cover rates`, `the region of zip code 94107`."""
_KEYS = frozenset({"id", "key"})
_SPELLED_ALIKE = 0.82
"""Share of letters in common, as `difflib` counts it: one wrong letter in six."""
_SHORTEST_MISSPELT = 5
_ENDS = frozenset(".?!;")
_ARTICLES = frozenset({"a", "an"})
_LINKS = frozenset({"of", "is", "as", "are", "was", "="})
_LONGEST_ADJECTIVE = 2


@dataclass(frozen=True, slots=True)
class Unexplained:
    """`words` must name something and are like nothing that is read. `new`: those that questions about other things
    do not have. `values`: those in capitals that say a stored value."""

    words: tuple[Word, ...]
    new: tuple[Word, ...]
    values: tuple[Word, ...]


def unexplained(proposal: Proposal, understood: Understanding) -> Unexplained:
    """Returns the words that nothing in the proposal accounts for, however loosely."""
    reading = _Reading(proposal, understood)
    strange = {at for at, likeness in reading.uncovered.items() if likeness < STRANGE}
    misfits = {*reading.of_other_things(), *reading.no_names(), *reading.names_left_out()}
    left = sorted(at for at in strange | misfits if not reading.explains(at))
    words = understood.parses.nodes.words
    new = (words[at] for at in left if at in misfits or not understood.is_common(words[at]))
    values = (words[at] for at in left if at in reading.said_as_stored)
    return Unexplained(tuple(words[at] for at in left), tuple(new), tuple(values))


class _Reading:
    """How a proposal reads the question."""

    def __init__(self, proposal: Proposal, understood: Understanding) -> None:
        nodes = understood.parses.nodes
        self._words = nodes.words
        self._columns = {word for ref in proposal.uses.columns for word in spelled_words(ref.column)}
        self._names = self._columns | {word for table in proposal.uses.tables for word in spelled_words(table)}
        self._stems = frozenset(map(stem, self._names | _keys_of(proposal)))
        self._links = _links_of(proposal, nodes)
        self._named = {at for (at, ref) in nodes.matches.column_words if ref in proposal.uses.columns}
        self.uncovered = likeness_of_uncovered(proposal, understood)
        used = {str(value).lower() for value in proposal.uses.values}
        values = [value for value in nodes.values if str(value.value).lower() in used]
        stored = (v for v in values if v.kind is ValueKind.STORED and v.column in proposal.uses.columns)
        self._stored = {at for value in stored for at in range(value.start, value.end)}
        self.said_as_stored = frozenset(
            at for v in nodes.values if v.kind is ValueKind.STORED for at in range(v.start, v.end) if self._is_name(at)
        )
        self._values = {
            kind: {at for v in values if v.kind is kind for at in range(v.start, v.end)} - self._stored
            for kind in (ValueKind.NUMBER, ValueKind.QUOTED, ValueKind.CAPITALISED)
        }

    def of_other_things(self) -> Iterator[int]:
        """Yields what a number or a text in quotes is said to be of, where that is not what it is compared with:
        `more than 100 employees`, `the novel "Emma"`.
        """
        for at in self.uncovered:
            counted = at - 1 in self._values[ValueKind.NUMBER] and self._words[at].lower not in UNITS
            if counted or at + 1 in self._values[ValueKind.QUOTED]:
                yield at

    def no_names(self) -> Iterator[int]:
        """Yields words in capitals that are read as a name, but stand behind an article: `with a DOI`."""
        for at in self._values[ValueKind.CAPITALISED]:
            if at > 0 and self._words[at - 1].lower in _ARTICLES:
                yield at

    def names_left_out(self) -> Iterator[int]:
        """Yields names that the proposal does without: of an airline, in `How many planes does United have?`."""
        yield from filter(self._is_name, self.uncovered)

    def _is_name(self, at: int) -> bool:
        """Says whether the word is in capitals where no sentence begins."""
        word, before = self._words[at], self._words[at - 1].text if at else "."
        return word.text[:1].isupper() and not word.quoted and before not in _ENDS

    def explains(self, at: int) -> bool:
        """Says whether the word names nothing by itself, or nothing but what is read."""
        return (
            not SHAPING.isdisjoint((self._words[at].lemma, self._words[at].lower))
            or self._words[at].lower in QUESTION_WORDS
            or self._is_beside_stored(at)
            or self._is_adjective(at)
            or self._is_misspelt(self._words[at])
            or self._is_form(self._words[at])
            or self._words[at].lemma in self._links
            or (self._words[at].lemma in _GENERIC and (at - 1 in self._named or self._next_content(at) in self._named))
        )

    def _is_form(self, word: Word) -> bool:
        """`started` for `start_date`."""
        return not self._stems.isdisjoint(stems((word.lower,)))

    def _is_beside_stored(self, at: int) -> bool:
        """`the position of goalie`: the column is the one that holds the value, whatever it is called."""
        return at - 1 in self._stored or self._next_content(at) in self._stored

    def _next_content(self, at: int) -> int:
        return next((later for later in range(at + 1, len(self._words)) if not _links(self._words[later])), -1)

    def _is_adjective(self, at: int) -> bool:
        """`older than 20` says which column is compared, and so do `oldest` and `how old`."""
        return any(
            hint.word in self._columns
            for phrase in self._phrases_around(at)
            for hint in (*COMPARATIVES.get(phrase, ()), *SUPERLATIVES.get(phrase, ()), *HOW.get(phrase, ()))
        )

    def _phrases_around(self, at: int) -> Iterator[tuple[str, ...]]:
        for start in range(max(at - _LONGEST_ADJECTIVE, 0), at + 1):
            for end in range(at + 1, at + 1 + _LONGEST_ADJECTIVE):
                yield tuple(word.lower for word in self._words[start:end])

    def _is_misspelt(self, word: Word) -> bool:
        """`allery` for `allergy`."""
        if word.lemma in self._names:
            return True
        return len(word.lower) >= _SHORTEST_MISSPELT and any(
            _alike(spelling, name) for spelling in {word.lower, word.lemma} for name in self._names
        )


def _keys_of(proposal: Proposal) -> frozenset[str]:
    """Returns the words of the keys that the proposal joins over: `the station where a trip started`."""
    steps = (join.step for part in inner_parts(proposal.query) if isinstance(part, Meaning) for join in part.joins)
    columns = (column for step in steps for column in (*step.near_columns, *step.far_columns))
    return frozenset(word for column in columns for word in spelled_words(column))


def _links_of(proposal: Proposal, nodes: Nodes) -> frozenset[str]:
    """Returns what the keys of the tables read lead to: rows of `stock` tell which devices a shop has."""
    names = (spelled_words(ref.column) for ref in nodes.columns if ref.table in proposal.uses.tables)
    return frozenset(name[0] for name in names if len(name) > 1 and _KEYS.issuperset(name[1:]))


def _links(word: Word) -> bool:
    return is_stop_word(word) or word.lower in _LINKS


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _SPELLED_ALIKE
