"""From words to spans: every phrase that may mean something, and the best ways to cut the question into such spans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from rowcall_sqlgen.engine.adjectives import COMPARATIVES, SUPERLATIVES, Hint, judged
from rowcall_sqlgen.engine.dates import read_period
from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.index import Link, SchemaIndex, ValueLink
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    ColumnRef,
    Comparing,
    Limit,
    Mark,
    Number,
    Operator,
    Quoted,
    Superlative,
    TableMention,
    TermMention,
    ValueMention,
)
from rowcall_sqlgen.engine.numbers import read_number
from rowcall_sqlgen.engine.phrases import CONNECTORS, Bag, bag
from rowcall_sqlgen.engine.role_values import counterparts, is_in_role
from rowcall_sqlgen.engine.terms import Said
from rowcall_sqlgen.engine.units import time_unit
from rowcall_sqlgen.engine.vocabulary import (
    GENDERS,
    LEXICON,
    LIGHT_VERBS,
    LONGEST_PHRASE,
    QUANTITY_NOUNS,
    ROLE_ADJECTIVES,
    ROLE_NOUNS,
    ROLE_WORDS,
    STOP_WORDS,
    SYNONYMS,
    UNITS,
    UNSUPPORTED_OPENINGS,
)
from rowcall_sqlgen.engine.words import Word, plain_text, plain_words

LONGEST_NAME = 6
MOST_OPTIONS = 10
KEPT_CUTS = 6
_UNKNOWN_COST = -3.0
_VERB_COST = -0.25
_NUMBER_COST_TABLE = 0.01
_NUMBER_COST_COLUMN = 0.03
_SELF_NAMED_COST = 0.12
_SURE = 0.8
_SYNONYM_QUALITY = 0.8
_DIGITS_COST = 0.05
_CASE_COST = 0.05
_PLURAL_COST = 0.15
_CODE_COST = 0.25
LONGEST_CODE = 3
_GENDER_QUALITY = 0.9
_BARE_ADJECTIVE_QUALITY = 0.9
_ROLE_QUALITY = 0.9
_TERM_AS_NOUN_QUALITY = 0.95
_JUDGED_WORDS = 5
_GOOD_ENOUGH = 0.3
"""An option this much worse than the best one for the same span is not considered."""


@dataclass(frozen=True, slots=True)
class Option:
    """One meaning of a span."""

    mark: Mark
    quality: float


Options: TypeAlias = Mapping[int, Sequence[Option]]
"""What the words from some position on may mean, by the position behind the last of them."""


@dataclass(frozen=True, slots=True)
class Span:
    """Words `start` to `end` and what they may mean; no options: the words carry nothing, or were not understood."""

    start: int
    end: int
    options: tuple[Option, ...] = ()
    known: bool = True
    light: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A question cut into spans from its first word to its last."""

    spans: tuple[Span, ...]
    score: float

    @property
    def unknown(self) -> tuple[Span, ...]:
        """Spans of words that were not understood."""
        return tuple(span for span in self.spans if not span.known)


def all_options(question: Sequence[Word], index: SchemaIndex, today: date) -> tuple[Options, ...]:
    """Returns what the words from each position on may mean."""
    return tuple(_options_at(question, start, index=index, today=today) for start in range(len(question)))


def link(question: Sequence[Word], index: SchemaIndex, today: date) -> tuple[Cut, ...]:
    """Returns the best cuts, best first; at least one, though it may consist of unknown words."""
    return best_cuts(question, index, all_options(question, index, today))


def best_cuts(question: Sequence[Word], index: SchemaIndex, options: Sequence[Options]) -> tuple[Cut, ...]:
    """Does the same, given all options."""
    reached: list[list[Cut]] = [[Cut((), 0.0)], *([] for _ in question)]
    for start in range(len(question)):
        best = sorted(reached[start], key=lambda cut: -cut.score)[:KEPT_CUTS]
        reached[start] = best
        for span in _spans(question, start, index, options[start]):
            gain = _gain(span, question)
            reached[span.end].extend(Cut((*cut.spans, span), cut.score + gain) for cut in best)
    return tuple(sorted(reached[-1], key=lambda cut: -cut.score)[:KEPT_CUTS])


def _gain(span: Span, question: Sequence[Word]) -> float:
    if not span.known:
        return _UNKNOWN_COST
    if not span.options:
        return _VERB_COST if span.light else 0.0
    weight = sum(0.4 if is_stop_word(word) else 1.0 for word in question[span.start : span.end])
    return span.options[0].quality * weight + 0.3 * (span.end - span.start - 1)


def _spans(question: Sequence[Word], start: int, index: SchemaIndex, found: Options) -> Iterator[Span]:
    word = question[start]
    if start == 0 and word.lower in UNSUPPORTED_OPENINGS:
        yield Span(start, start + 1, known=False)
        return
    anything = False
    for end, options in found.items():
        ranked = sorted(options, key=lambda option: -option.quality)
        kept = tuple(o for o in ranked if o.quality >= ranked[0].quality - _GOOD_ENOUGH)[:MOST_OPTIONS]
        anything = True
        yield Span(start, end, kept)
    if (is_stop_word(word) and not _binds(question, start, index)) or is_light_verb(word):
        yield Span(start, start + 1, light=not is_stop_word(word))
    elif not anything:
        yield Span(start, start + 1, known=False)


def _binds(question: Sequence[Word], start: int, index: SchemaIndex) -> bool:
    """Says whether the word is a preposition that the value behind it can't be read without."""
    following = _stored(question, start + 1, index) if start + 1 < len(question) else ()
    marks = (option.mark for _, option in following)
    return any(isinstance(mark, ValueMention) and is_in_role(question[start].lower, mark) for mark in marks)


def _options_at(question: Sequence[Word], start: int, *, index: SchemaIndex, today: date) -> Options:
    found: dict[int, list[Option]] = {}
    for end, option in (
        *_cues(question, start, index),
        *_numbers(question, start, today),
        *_values(question, start, index),
        *_names(question, start, index),
    ):
        found.setdefault(end, []).append(option)
    return found | dict(_terms(question, start, index))


def _cues(question: Sequence[Word], start: int, index: SchemaIndex) -> Iterator[tuple[int, Option]]:
    if question[start].quoted:
        return
    lower = [word.lower for word in question[start : start + LONGEST_PHRASE]]
    for length in range(1, len(lower) + 1):
        phrase = tuple(lower[:length])
        marks = LEXICON.get(phrase, ())
        if marks and not _names_quantity(phrase, index):
            yield from ((start + length, Option(mark, 1.0)) for mark in marks)
        yield from ((start + length, option) for option in _adjectives(phrase, index))
    descending = judged(lower[0], (word.lemma for word in question[start + 1 : start + _JUDGED_WORDS]))
    if descending is not None:
        yield start + 1, Option(Superlative(descending), 1.0)
    yield from _top(lower, start)


def _names_quantity(cue: tuple[str, ...], index: SchemaIndex) -> bool:
    """Says whether `total amount of` is no cue, since there is a column called `amount`."""
    return any(noun in cue and (noun,) in index.phrases for noun in QUANTITY_NOUNS)


def _adjectives(phrase: tuple[str, ...], index: SchemaIndex) -> Iterator[Option]:
    for hint in COMPARATIVES.get(phrase, ()):
        operator = Operator.GT if hint.rising else Operator.LT
        yield from (Option(Comparing(operator, column), quality) for column, quality in _hinted(hint, index))
    for hint in SUPERLATIVES.get(phrase, ()):
        yield from (Option(Superlative(hint.rising, column), quality) for column, quality in _hinted(hint, index))
    if phrase in SUPERLATIVES:
        yield Option(Superlative(SUPERLATIVES[phrase][0].rising), _BARE_ADJECTIVE_QUALITY)


def _hinted(hint: Hint, index: SchemaIndex) -> Iterator[tuple[ColumnRef, float]]:
    for table in index.tables:
        for ref in index.columns(table):
            words = spelled_words(ref.column)
            if hint.word in words and (index.is_numeric(ref) or index.is_date(ref)) and not index.is_key(ref):
                yield ref, 0.95 if len(words) == 1 else 0.85


def _top(lower: Sequence[str], start: int) -> Iterator[tuple[int, Option]]:
    if len(lower) > 1 and lower[0] in ("top", "first", "limit", "best"):
        number = read_number(lower[1:])
        if number and isinstance(number[0], int):
            yield start + 1 + number[1], Option(Limit(number[0], ranked=lower[0] in ("top", "best")), 1.0)


def _numbers(question: Sequence[Word], start: int, today: date) -> Iterator[tuple[int, Option]]:
    if question[start].quoted:
        return
    lower = [word.lower for word in question[start : start + LONGEST_PHRASE]]
    number = read_number(lower)
    if number:
        value, taken = number
        if taken < len(lower) and lower[taken] in UNITS:
            yield start + taken + 1, Option(Number(value, time_unit(lower[taken])), 0.9)
        if taken == len(lower) or time_unit(lower[taken]) is None:
            yield start + taken, Option(Number(value), 1.0)
    elif lower[0] in ("a", "an") and len(lower) > 1 and (unit := time_unit(lower[1])):
        yield start + 2, Option(Number(1, unit), 0.9)
    period = read_period(lower, today)
    if period:
        yield start + period[1], Option(period[0], 1.0)


def _values(question: Sequence[Word], start: int, index: SchemaIndex) -> Iterator[tuple[int, Option]]:
    before = question[start - 1].lower if start else ""
    for end, option in _stored(question, start, index):
        yield end, option
        if isinstance(option.mark, ValueMention):
            yield from ((end, replace(option, mark=mark)) for mark in counterparts(before, option.mark, index))


def _stored(question: Sequence[Word], start: int, index: SchemaIndex) -> Iterator[tuple[int, Option]]:
    word = question[start]
    if word.quoted:
        yield from ((start + 1, option) for option in _quoted(word, index))
        return
    lower = tuple(w.lower for w in question[start : start + LONGEST_NAME])
    for length in range(1, len(lower) + 1):
        phrase = lower[:length]
        if not question[start].emphatic and all(w in STOP_WORDS or (w,) in LEXICON for w in phrase):
            continue
        for value in index.values.get(phrase, ()):
            yield start + length, Option(value.mention, _spelled_quality(value, question[start : start + length]))
        if length == 1:
            yield from ((start + 1, option) for option in _several(question[start], index))
            yield from ((start + 1, option) for option in _gendered(question[start], index))
        yield from ((start + length, option) for option in _parts(phrase, question[start], index))


def _spelled_quality(link: ValueLink, typed: Sequence[Word]) -> float:
    """A short code in other letters is rather a word: `id` is not Idaho."""
    quality = link.quality - _DIGITS_COST * typed[0].lower.isdecimal()
    if plain_text(link.mention.value) == " ".join(word.text for word in typed):
        return quality
    return quality - (_CODE_COST if len(link.mention.value) <= LONGEST_CODE else _CASE_COST)


def _several(word: Word, index: SchemaIndex) -> Iterator[Option]:
    """`Instructors` are those with the rank `Instructor`."""
    if word.lemma != word.lower and word.lower.endswith("s") and not word.emphatic:
        for value in index.values.get((word.lemma,), ()):
            yield Option(value.mention, value.quality - _PLURAL_COST)


def _gendered(word: Word, index: SchemaIndex) -> Iterator[Option]:
    for value in index.values.get((GENDERS.get(word.lemma, ""),), ()):
        if set(spelled_words(value.mention.column.column)) & {"sex", "gender"}:
            yield Option(value.mention, _GENDER_QUALITY)


def _quoted(word: Word, index: SchemaIndex) -> Iterator[Option]:
    phrase = plain_words(word.text)
    for value in index.values.get(phrase, ()):
        yield Option(value.mention, value.quality)
    yield Option(Quoted(word.text), 0.8)


def _parts(phrase: tuple[str, ...], first: Word, index: SchemaIndex) -> Iterator[Option]:
    """Yields values of which the phrase is a part, where it is a part of one value of the column only."""
    if len(phrase) == 1 and (len(phrase[0]) < 3 or not first.text[:1].isupper()):
        return
    holders: dict[ColumnRef, list[tuple[ValueMention, float]]] = {}
    for value in index.parts.get(phrase, ()):
        holders.setdefault(value.mention.column, []).append((value.mention, value.quality))
    for found in holders.values():
        if len({mention.value for mention, _ in found}) == 1:
            yield Option(*found[0])


def _names(question: Sequence[Word], start: int, index: SchemaIndex) -> Iterator[tuple[int, Option]]:
    if question[start].quoted or question[start].lower in CONNECTORS:
        return
    for end in range(start + 1, min(start + LONGEST_NAME, len(question)) + 1):
        if question[end - 1].lower in CONNECTORS or question[end - 1].quoted:
            continue
        content = [word for word in question[start:end] if word.lower not in CONNECTORS]
        yield from ((end, option) for option in (*_named(content, index), *_in_role(content, index)))


def _terms(question: Sequence[Word], start: int, index: SchemaIndex) -> Iterator[tuple[int, list[Option]]]:
    """Yields what stored terms say; the same words then mean nothing else."""
    for end in range(start + 1, min(start + LONGEST_NAME, len(question)) + 1) if index.terms.said else ():
        stretch = question[start:end]
        if any(word.quoted for word in stretch) or {stretch[0].lower, stretch[-1].lower} & CONNECTORS:
            continue
        mention = index.terms.said.get(bag(tuple(word.lemma for word in stretch)))
        if mention is not None:
            yield end, _term_options(mention, stretch, index)


def _term_options(mention: Said, stretch: Sequence[Word], index: SchemaIndex) -> list[Option]:
    """A condition's name is an adjective (`late`), or names rows too (`latecomers`, `late flights`)."""
    if not isinstance(mention, TermMention) or index.terms.condition(mention) is None:
        return [Option(mention, 1.0)]
    rows = replace(mention, names_rows=True)
    last = index.phrases.get((stretch[-1].lemma,), ())
    if any(link.mention == TableMention(mention.table) and link.quality >= _SURE for link in last):
        return [Option(rows, 1.0)]
    return [Option(mention, 1.0), Option(rows, _TERM_AS_NOUN_QUALITY)]


def _named(content: Sequence[Word], index: SchemaIndex) -> Iterator[Option]:
    lemmas = tuple(word.lemma for word in content)
    direct = [link for link in index.phrases.get(bag(lemmas), ()) if not _counts(content, link)]
    yield from (_priced(found, 1.0, content[-1], index) for found in direct)
    if not any(found.quality >= _SURE and isinstance(found.mention, TableMention) for found in direct):
        for spelling in synonymous(lemmas):
            yield from (
                _priced(found, _SYNONYM_QUALITY, content[-1], index) for found in index.phrases.get(spelling, ())
            )


def _in_role(content: Sequence[Word], index: SchemaIndex) -> Iterator[Option]:
    """Yields tables named with a role: `arrivals`, `departing flights`, `origin airport`."""
    first, *rest = content
    if not rest:
        role = ROLE_NOUNS.get(first.lemma, "") if first.lower != first.lemma else ""
        yield from (Option(mark, _ROLE_QUALITY) for mark in index.roles.holders.get(role, ()))
        return
    role = ROLE_ADJECTIVES.get(first.lower, "")
    marks = [*index.roles.holders.get(role, ())]
    marks += [m for word, ends in index.roles.ends.items() for m in ends if first.lemma in ROLE_WORDS[word][0]]
    for option in _named(rest, index) if marks else ():
        yield from (Option(m, option.quality) for m in marks if option.mark == TableMention(m.table))


def _counts(content: Sequence[Word], link: Link) -> bool:
    """`number of cards` counts cards, whatever `card_number` may hold; `number_of_cards` is meant literally."""
    mention = link.mention
    if content[0].lemma != "number" or isinstance(mention, TableMention):
        return False
    return content[-1].lower != content[-1].lemma and spelled_words(mention.columns[0].column)[0] != "number"


def _priced(found: Link, factor: float, last: Word, index: SchemaIndex) -> Option:
    quality = found.quality * factor
    mention = found.mention
    if isinstance(mention, TableMention):
        quality -= _NUMBER_COST_TABLE if _other_number(last, mention.table) else 0.0
    elif index.is_named_as_table(mention.columns[0]):
        quality -= _SELF_NAMED_COST
    else:
        quality -= _NUMBER_COST_COLUMN if _other_number(last, mention.columns[-1].column) else 0.0
    return Option(mention, quality)


def _other_number(word: Word, name: str) -> bool:
    """Says whether the word and the name differ, as far as one ends in a plural and the other does not."""
    return name.lower().endswith("s") != (word.lower != word.lemma)


def synonymous(lemmas: tuple[str, ...]) -> Iterator[Bag]:
    """Yields the lemmas with one of them replaced by a synonym."""
    for at, word in enumerate(lemmas):
        for synonym in SYNONYMS.get(word, ()):
            yield bag((*lemmas[:at], synonym, *lemmas[at + 1 :]))


def is_stop_word(word: Word) -> bool:
    """Says whether the word may be passed over without a trace."""
    return word.lower in STOP_WORDS and not word.quoted and (not word.emphatic or word.lower == "i")


def is_light_verb(word: Word) -> bool:
    """Says whether the word only restates a link between tables."""
    return (word.lower in LIGHT_VERBS or word.lemma in LIGHT_VERBS) and not word.quoted


def mentioned_table(mark: Mark) -> str | None:
    """Returns the table that a mark belongs to, if it names anything in the data."""
    if isinstance(mark, TableMention | ColumnMention | ValueMention | TermMention):
        return mark.table
    if isinstance(mark, Comparing | Superlative) and mark.column:
        return mark.column.table
    return None
