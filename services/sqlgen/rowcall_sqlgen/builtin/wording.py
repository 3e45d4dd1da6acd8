"""What a person is told about a proposal: the liberties it takes, and the words it accounts for."""

from collections.abc import Iterator

from rowcall_sqlgen.builtin.evidence import Understanding, content_words, covered_words, strange_words
from rowcall_sqlgen.builtin.proposals import Proposal
from rowcall_sqlgen.engine.assumptions import assumptions, column_name
from rowcall_sqlgen.parser.nodes import Nodes, ValueKind

_NAMED = 0.5


def assumptions_of(proposal: Proposal, understood: Understanding) -> tuple[str, ...]:
    """Returns one sentence per liberty."""
    if proposal.reading:
        return assumptions(proposal.reading, understood.question)
    nodes = understood.parses.nodes
    return tuple(
        dict.fromkeys(
            [*_about_words(proposal, understood), *_about_values(proposal, nodes), *_about_columns(proposal, nodes)]
        )
    )


def used_words(proposal: Proposal, understood: Understanding) -> tuple[str, ...]:
    """Returns the words of the question that name what the statement reads, in their order."""
    if proposal.reading:
        spans = proposal.reading.spans
        return tuple(word.text for span in spans for word in understood.question[span.start : span.end])
    nodes = understood.parses.nodes
    covered = covered_words(proposal, nodes)
    return tuple(word.text for at, word in enumerate(nodes.words) if at in covered)


def _about_words(proposal: Proposal, understood: Understanding) -> Iterator[str]:
    nodes = understood.parses.nodes
    strange = strange_words(proposal, understood)
    yield from (f"`{word.text}` was left out of account." for word in strange)
    covered = covered_words(proposal, nodes)
    others = [nodes.words[at] for at in content_words(nodes.words) if at not in covered]
    named = ", ".join(f"`{word.text}`" for word in others if word not in strange)
    if named:
        yield f"Nothing that was read is called {named}."


def _about_values(proposal: Proposal, nodes: Nodes) -> Iterator[str]:
    for value in nodes.values:
        is_used = value.column in proposal.uses.columns and value.value in proposal.uses.values
        if value.kind is ValueKind.STORED and value.column is not None and is_used:
            text = " ".join(word.text for word in nodes.words[value.start : value.end])
            yield f"`{text}` was read as {column_name(value.column)} = '{value.value}'."


def _about_columns(proposal: Proposal, nodes: Nodes) -> Iterator[str]:
    said = {value.column for value in nodes.values}
    for ref in sorted(proposal.uses.columns, key=column_name):
        if nodes.matches.column_quality(ref) < _NAMED and ref not in said:
            yield f"{column_name(ref)} was read, which the question does not name."
