"""What is said when the statement before is not changed, or could be changed in several ways."""

from collections.abc import Sequence

from rowcall_contracts.candidates import Clarification, ClarificationKind
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.linking import Cut
from rowcall_sqlgen.engine.problems import NoMeaning, SeveralDates, SeveralWays
from rowcall_sqlgen.engine.refusal import MOST_OPTIONS, MOST_WORDS, label, nothing_asked, unknown_words
from rowcall_sqlgen.engine.vocabulary import STOP_WORDS
from rowcall_sqlgen.follow_up.changes import NoEdit
from rowcall_sqlgen.follow_up.fragment import Fragment
from rowcall_sqlgen.follow_up.utterance import Utterance

_TIED = 0.02


def tied(fragments: Sequence[Fragment], utterance: Utterance) -> Clarification | None:
    """Asks which of equally good readings is meant, where they differ in what one of the words names."""
    best = fragments[0]
    rivals = [each for each in fragments[1:] if each.spans == best.spans and each.quality > best.quality - _TIED]
    for at, span in enumerate(best.spans):
        labels = tuple(dict.fromkeys(label(each.interpretation[at].mark) for each in (best, *rivals)))
        if len(labels) > 1 and all(labels):
            text = " ".join(word.text for word in utterance.words[span.start : span.end])
            return Clarification(
                kind=ClarificationKind.AMBIGUOUS,
                message=f"What does `{text}` mean: {' or '.join(labels)}?",
                words=(text,),
                options=labels[:MOST_OPTIONS],
            )
    return None


def not_changed(
    utterance: Utterance, problem: NoEdit | NoMeaning | None, *, index: SchemaIndex, cut: Cut | None = None
) -> Clarification:
    """Names the words that were not understood, or why those that were cannot change the statement."""
    if cut is not None and cut.unknown:
        return unknown_words(cut, utterance.words, index)
    if isinstance(problem, SeveralWays | SeveralDates):
        return Clarification(
            kind=ClarificationKind.AMBIGUOUS,
            message=f"Which one is meant: {' or '.join(problem.options)}?",
            options=problem.options[:MOST_OPTIONS],
        )
    content = [word.text for word in utterance.said if word.lower not in STOP_WORDS and word.text.strip(",;")]
    words = tuple(dict.fromkeys(content))[:MOST_WORDS]
    if not words:
        return nothing_asked(index)
    why = f": {problem}" if problem and str(problem) else ""
    named = ", ".join(f"`{word}`" for word in words)
    return Clarification(
        kind=ClarificationKind.NOT_UNDERSTOOD,
        message=f"The words {named} do not say how to change the statement before{why}. Ask the whole question.",
        words=words,
        options=tuple(index.tables)[:MOST_OPTIONS],
    )
