"""The parts of a ratio, each asked as a question of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from rowcall_sqlgen.builtin.composing import Ask, Trusted
from rowcall_sqlgen.builtin.evidence import Understanding
from rowcall_sqlgen.builtin.ratios.columns import group_column
from rowcall_sqlgen.builtin.ratios.conditions import names_table, plain, with_rows
from rowcall_sqlgen.builtin.ratios.forms import Words, trimmed
from rowcall_sqlgen.engine.calculating import Figure, figure
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.meaning import Comparison, Not, OneOf, Predicate, tables_of
from rowcall_sqlgen.engine.words import words

MOST_ANSWERS = 3
"""Proposals of a part that are tried."""
_DOUBTFUL = 0.5
_HOW_MANY, _WHAT_IS, _FOR_EACH = words("how many"), words("what is"), words("for each")
_COUNTING = tuple(
    tuple(phrase.split())
    for phrase in (
        "total number of",
        "overall number of",
        "number of",
        "numbers of",
        "total count of",
        "count of",
        "total amount of",
    )
)
MEASURING = frozenset("total sum average mean avg maximum max minimum min highest lowest largest smallest".split())
_WHOLE = frozenset("all total overall every".split())
_VERBS = frozenset("is are was were be been have has had do does did".split())
_OPENS_TAIL = frozenset("in at for during on within from since before after".split())


@dataclass(frozen=True, slots=True)
class Part:
    """What one of the two numbers is, and the proposal that says so."""

    figure: Figure
    trusted: Trusted


class Parts:
    """Asks for the numbers of one question; what was asked once is not asked again."""

    def __init__(self, ask: Ask, index: SchemaIndex) -> None:
        self._ask = ask
        self._index = index
        self._answers: dict[tuple[str, ...], tuple[Part, ...]] = {}

    def of(self, part: Words, each: Words = ()) -> tuple[Part, ...]:
        """Returns the likeliest figures, per group where `each` names one."""
        bare, denied = _without_denial(trimmed(part))
        said = plain(bare, self._index)
        rows = with_rows(said.words, self._index)
        question = _question(rows, names_table(rows, self._index))
        found = self._asked((*question, *_FOR_EACH, *each)) if each else self._asked(question)
        if each:
            found = self._grouped(found, question, each)
        if said.conditions:
            found = tuple(_conditional(found, said.conditions))
        return tuple(_denying(found, denied)) if denied else found

    def understood(self, question: Words) -> Understanding | None:
        """Returns what is made of another question as a whole."""
        return next((trusted.understood for trusted in self._ask(question)), None)

    def _grouped(self, found: Sequence[Part], question: Words, each: Words) -> tuple[Part, ...]:
        """Keeps what has groups; where that is doubtful, a column that has the name of the groups may make them."""
        grouped = [part for part in found if part.figure.meaning.group]
        if not grouped or grouped[0].trusted.probability < _DOUBTFUL:
            grouped += [part for part in map(self._by_column(each), self._asked(question)) if part]
        return tuple(sorted(grouped, key=lambda part: -part.trusted.probability))

    def _by_column(self, each: Words) -> Callable[[Part], Part | None]:
        def grouped(part: Part) -> Part | None:
            group = group_column(each, part.figure.meaning.source, self._index)
            if group is None or part.figure.meaning.group:
                return None
            joined = part.figure.under((), group[1])
            return replace(part, figure=replace(joined, meaning=replace(joined.meaning, group=(group[0],))))

        return grouped

    def _asked(self, question: Words) -> tuple[Part, ...]:
        key = tuple(word.text for word in question)
        if key not in self._answers:
            figures = ((figure(trusted.proposal.query), trusted) for trusted in self._ask(question))
            found = [Part(each, trusted) for each, trusted in figures if each]
            self._answers[key] = tuple(found[:MOST_ANSWERS])
        return self._answers[key]


def says_whole(part: Words) -> bool:
    """Says whether the words are those for a whole: `all shops`, `the total number of shops`."""
    first = [word.lower for word in part if word.lower != "the"][:1]
    return bool(_WHOLE.intersection(first))


def tail_start(part: Words) -> int | None:
    """Returns where the last phrase with a preposition begins, if there is one."""
    starts = [at for at, word in enumerate(part) if at and word.lower in _OPENS_TAIL and not word.quoted]
    return starts[-1] if starts else None


def verb_start(part: Words) -> int | None:
    """Returns where `are` or `have` begins what is said of some of the rows named before."""
    return next((at for at, word in enumerate(part) if at and word.lower in _VERBS and not word.quoted), None)


def _question(part: Words, names_rows: bool) -> Words:
    for phrase in _COUNTING:
        if tuple(word.lower for word in part[: len(phrase)]) == phrase:
            return (*_HOW_MANY, *trimmed(part[len(phrase) :]))
    if part and part[0].lower in MEASURING:
        counts = part[0].lower == "total" and names_rows and len(part) > 1 and part[1].lower != part[1].lemma
        return (*_HOW_MANY, *part[1:]) if counts else (*_WHAT_IS, *part)
    return (*_HOW_MANY, *part)


def _without_denial(part: Words) -> tuple[Words, str]:
    """Takes `non` out of `non vegan food`; what it denies is the word behind it."""
    for at, word in enumerate(part[:-1]):
        if word.lower == "non":
            return (*part[:at], *part[at + 1 :]), part[at + 1].lower
    return part, ""


def _conditional(found: Sequence[Part], conditions: Sequence[Comparison]) -> Iterator[Part]:
    for part in found:
        own = [each for each in conditions if tables_of(each) == {part.figure.meaning.source}]
        yield from (replace(part, figure=part.figure.under((condition,))) for condition in own[:1])


def _denying(found: Sequence[Part], denied: str) -> Iterator[Part]:
    for part in found:
        where = part.figure.meaning.where
        if any(_says(each, denied) for each in where):
            turned = tuple(Not(each) if _says(each, denied) else each for each in where)
            yield Part(Figure(replace(part.figure.meaning, where=turned), part.figure.measure), part.trusted)


def _says(predicate: Predicate, word: str) -> bool:
    match predicate:
        case Comparison(value=str() as value):
            return word in value.lower().split()
        case OneOf(values=values):
            return any(word in str(value).lower().split() for value in values)
    return False
