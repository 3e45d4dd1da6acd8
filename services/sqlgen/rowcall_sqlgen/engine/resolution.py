"""Chooses what each span means from what stands around it, keeping alternatives where the context does not decide."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from rowcall_sqlgen.engine.identifiers import spelled_words
from rowcall_sqlgen.engine.linking import Option, Span, mentioned_table
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    Comparing,
    Cue,
    Mark,
    Role,
    Superlative,
    TableMention,
    TermMention,
    ValueMention,
)
from rowcall_sqlgen.engine.vocabulary import ROLE_WORDS

MOST_INTERPRETATIONS = 64
_SURE = 0.8
"""A table named at least this well draws the columns around it."""

Interpretation = tuple[Option, ...]


def interpretations(spans: Sequence[Span]) -> Iterator[Interpretation]:
    """Yields choices of one option per span that carries any, likely ones first, a bounded number in all."""
    meaningful = [span for span in spans if span.options]
    named = _named_tables(meaningful)
    choices = [_in_context(meaningful, at, named) for at in range(len(meaningful))]
    while prod(map(len, choices)) > MOST_INTERPRETATIONS:
        longest = max(range(len(choices)), key=lambda at: len(choices[at]))
        choices[longest] = choices[longest][:-1]
    yield from product(*choices)


def _named_tables(spans: Sequence[Span]) -> frozenset[str]:
    """Tables that the question names outright, or that hold the only column or value that a span can mean."""
    found = set()
    for span in spans:
        best = span.options[0]
        only_one = len({mentioned_table(option.mark) for option in span.options}) == 1
        sure = (isinstance(best.mark, TableMention) and best.quality >= _SURE) or only_one
        if isinstance(best.mark, TableMention | ColumnMention | ValueMention | TermMention) and sure:
            found.add(best.mark.table)
    return frozenset(found)


def _fitting_hints(options: tuple[Option, ...], named: frozenset[str]) -> tuple[Option, ...]:
    """An adjective speaks of a table that the question names: `youngest captain` is not about a ship's year."""
    hints = [o for o in options if isinstance(o.mark, Superlative | Comparing) and o.mark.column]
    if not named or not hints:
        return options
    strays = [o for o in hints if mentioned_table(o.mark) not in named]
    return tuple(o for o in options if o not in strays) or _impossible(options)


def _in_context(spans: Sequence[Span], at: int, named: frozenset[str]) -> tuple[Option, ...]:
    options = _fitting_hints(_by_role(spans, at), named)
    for tables in (_neighbours(spans, at), named):
        kept = tuple(o for o in options if (table := _owner(o.mark)) is None or table in tables)
        if any(_owner(option.mark) for option in kept):
            return kept
    return options


def _owner(mark: Mark) -> str | None:
    """The table that a column or value belongs to; a table stands for itself and is no one's."""
    return None if isinstance(mark, TableMention) else mentioned_table(mark)


def _by_role(spans: Sequence[Span], at: int) -> tuple[Option, ...]:
    """After `from` or `to`, columns that contradict the preposition are out, and columns that fit it win."""
    options = spans[at].options
    role = _role_before(spans, at)
    if role is None:
        return _by_noun(spans, options)
    wanted, refused = ROLE_WORDS[role]
    allowed = tuple(option for option in options if not _words(option.mark) & refused)
    fitting = tuple(option for option in allowed if _words(option.mark) & wanted)
    return fitting or allowed or _impossible(options)


def _by_noun(spans: Sequence[Span], options: tuple[Option, ...]) -> tuple[Option, ...]:
    """`arrivals at JFK` is about no airport but the destination."""
    marks = (span.options[0].mark for span in spans)
    roles = {mark.table: mark.role for mark in marks if isinstance(mark, TableMention) and mark.role}
    contrary = [
        option
        for option in options
        if isinstance(option.mark, ValueMention)
        and (role := roles.get(option.mark.table))
        and _words(option.mark) & ROLE_WORDS[role][1]
    ]
    return tuple(option for option in options if option not in contrary) or _impossible(options)


def _role_before(spans: Sequence[Span], at: int) -> str | None:
    """The preposition in front; in `from JFK or LGA` it holds for both."""
    while at >= 2 and _joins(spans[at - 1]) and _is_value(spans[at - 2]):
        at -= 2
    return _role(spans[at - 1]) if at else None


def _joins(span: Span) -> bool:
    return span.options[0].mark in (Cue.AND, Cue.OR)


def _is_value(span: Span) -> bool:
    return any(isinstance(option.mark, ValueMention) for option in span.options)


def _impossible(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """No option fits: the span stays and the grammar finds no reading, so that nothing wrong is answered."""
    return tuple(Option(Cue.NOT, 0.0) for _ in options[:1])


def _role(span: Span) -> str | None:
    return next((o.mark.word for o in span.options if isinstance(o.mark, Role) and o.mark.word in ROLE_WORDS), None)


def _words(mark: Mark) -> frozenset[str]:
    match mark:
        case ValueMention(column):
            return frozenset(spelled_words(column.column))
        case ColumnMention((column,)):
            return frozenset(spelled_words(column.column))
    return frozenset()


def _neighbours(spans: Sequence[Span], at: int) -> frozenset[str]:
    """The table named right after the span (`name of the airline`), else right before it (`the airline's name`)."""
    after = next((s for s in spans[at + 1 :] if not _links(s)), None)
    before = next((s for s in reversed(spans[:at]) if not _links(s)), None)
    following = spans[at + 1] if at + 1 < len(spans) else None
    ordered = (after, before) if following is not None and _links(following) else (before, after)
    for span in ordered:
        if span is not None:
            tables = {o.mark.table for o in span.options if isinstance(o.mark, TableMention) and o.quality >= _SURE}
            if tables:
                return frozenset(tables)
    return frozenset()


def _links(span: Span) -> bool:
    return span.options[0].mark in (Cue.OF, Cue.EACH)
