"""What is said instead of an answer: which words were not understood, and what the data has."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from rowcall_contracts.candidates import Clarification, ClarificationKind
from rowcall_sqlgen.engine.assumptions import column_name
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import Cut, Option
from rowcall_sqlgen.engine.marks import (
    ColumnMention,
    ColumnRef,
    Comparing,
    Mark,
    Superlative,
    TableMention,
    ValueMention,
)
from rowcall_sqlgen.engine.problems import NoMeaning, NoOrder, NoWay, SeveralDates, SeveralWays
from rowcall_sqlgen.engine.reading import Reading
from rowcall_sqlgen.engine.vocabulary import QUESTION_WORDS, STOP_WORDS
from rowcall_sqlgen.engine.words import Word

MOST_OPTIONS = 8
MOST_WORDS = 20


def unknown_words(cut: Cut, question: Sequence[Word], index: SchemaIndex) -> Clarification:
    """Names the words that nothing in the data accounts for, and what comes close to them."""
    words = _asked_for([question[span.start] for span in cut.unknown])
    options = tuple(dict.fromkeys([*_similar(words, index), *_mentioned(cut, index)]))[:MOST_OPTIONS]
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"Nothing in the data was found for {_quoted(words)}. The data has {_listed(options, index)}.",
        words=words,
        options=options or _tables(index),
    )


def no_reading(cut: Cut, question: Sequence[Word], problem: NoMeaning | None, *, index: SchemaIndex) -> Clarification:
    """Explains why known words do not add up to a question."""
    if isinstance(problem, SeveralWays | SeveralDates):
        return Clarification(
            kind=ClarificationKind.AMBIGUOUS,
            message=f"Which one is meant: {' or '.join(problem.options)}?",
            options=problem.options[:MOST_OPTIONS],
        )
    if isinstance(problem, NoOrder):
        return Clarification(
            kind=ClarificationKind.AMBIGUOUS,
            message=f"By what are the top {problem.count} chosen? Say it after `by`.",
            options=_mentioned(cut, index)[:MOST_OPTIONS],
        )
    content = [word for word in question if word.lower not in STOP_WORDS and word.text.strip(",;")]
    words = _asked_for(content)
    options = _mentioned(cut, index)[:MOST_OPTIONS] or _tables(index)
    if not words:
        return nothing_asked(index)
    why = f": {problem}" if isinstance(problem, NoWay) else ""
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"The words {_quoted(words)} are known, but not how they belong together{why}. Try a simpler sentence.",
        words=words,
        options=options,
    )


def nothing_asked(index: SchemaIndex) -> Clarification:
    """Answers an empty question, or one of fillers only."""
    options = _tables(index)
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"The question names nothing that the data has. The data has {_listed(options, index)}.",
        options=options,
    )


def reading_only(verb: Word, index: SchemaIndex) -> Clarification:
    """Answers who wants data changed."""
    options = _tables(index)
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"Data is only read here, so nothing is done for {_quoted([verb.text])}. Ask what is in the data: "
        f"{_listed(options, index)}.",
        words=(verb.text,),
        options=options,
    )


def too_long(index: SchemaIndex, limit: int) -> Clarification:
    """Answers a question of too many words."""
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"The question has more than {limit} words. Ask for one thing at a time.",
        options=_tables(index),
    )


def ambiguous(tied: Sequence[Reading], question: Sequence[Word]) -> Clarification:
    """Asks which of several equally good readings is meant, by what they differ in."""
    for position, span in enumerate(tied[0].spans):
        labels = tuple(dict.fromkeys(_label(reading, position, span.start) for reading in tied))
        if len(labels) > 1 and all(labels):
            text = " ".join(word.text for word in question[span.start : span.end])
            return Clarification(
                kind=ClarificationKind.AMBIGUOUS,
                message=f"What does `{text}` mean: {' or '.join(labels)}?",
                words=(text,),
                options=labels[:MOST_OPTIONS],
            )
    return Clarification(kind=ClarificationKind.AMBIGUOUS, message="The question can be read in several ways.")


def _asked_for(words: Sequence[Word]) -> tuple[str, ...]:
    """Returns each word once, without those that only open the question, unless there are no others."""
    named = [word for word in words if word.lower not in QUESTION_WORDS] or words
    return tuple(dict.fromkeys(word.text for word in named))[:MOST_WORDS]


def _label(reading: Reading, position: int, start: int) -> str:
    if position >= len(reading.spans) or reading.spans[position].start != start:
        return ""
    return label(reading.interpretation[position].mark)


def label(mark: Mark) -> str:
    """Returns what a mark names in the data, empty when it names nothing."""
    match mark:
        case TableMention(table):
            return f"the table {table}"
        case ColumnMention(columns):
            return " and ".join(map(column_name, columns))
        case ValueMention(column, value):
            return f"{column_name(column)} = '{value}'"
        case Superlative(_, ColumnRef() as column) | Comparing(_, ColumnRef() as column):
            return column_name(column)
    return ""


def _similar(words: Iterable[str], index: SchemaIndex) -> list[str]:
    names = {name.lower(): name for name in index.tables}
    names |= {c.column.lower(): column_name(c) for table in index.tables for c in index.columns(table)}
    return [names[close] for word in words for close in get_close_matches(word.lower(), names, n=2, cutoff=0.75)]


def _mentioned(cut: Cut, index: SchemaIndex) -> tuple[str, ...]:
    """The columns of the tables that the question did name."""
    tables = [table for span in cut.spans for option in span.options[:1] if (table := _table(option))]
    return tuple(column_name(column) for table in dict.fromkeys(tables) for column in index.columns(table))


def _table(option: Option) -> str | None:
    mark = option.mark
    return mark.table if isinstance(mark, TableMention | ColumnMention | ValueMention) else None


def _tables(index: SchemaIndex) -> tuple[str, ...]:
    return tuple(index.tables)[:MOST_OPTIONS]


def _listed(options: Sequence[str], index: SchemaIndex) -> str:
    found = options or _tables(index)
    return ", ".join(found) if found else "no tables"


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
