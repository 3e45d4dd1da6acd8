"""Stored pairs, terms and instructions as a prompt shows them: what bears on the question, and no more than fits."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp

from rowcall_contracts.resources import LlmShare
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.knowledge.engine_terms import fitting_terms
from rowcall_sqlgen.knowledge.misfit import misfit
from rowcall_sqlgen.knowledge.model import Pair, Term
from rowcall_sqlgen.knowledge.said_terms import said_terms
from rowcall_sqlgen.llm.data_text import plain
from rowcall_sqlgen.llm.schema_document import estimated_tokens

MOST_PAIRS = 5
LONGEST_TEXT = 2_000
TOKEN_SHARE = 0.25
"""Of the prompt's tokens; the schema needs the rest more."""

_LOOKED_AT = 10
_HIDDEN = "…"

Json = Mapping[str, object]


def described_knowledge(request: GenerationRequest, tokens: int) -> dict[str, list[object]]:
    """Returns the members that a document gets, within a share of its tokens: instructions before terms before pairs.

    Where the connection shares its schema alone, the texts that a pair compares with are hidden unless the question
    has them, in its SQL and in its question; terms that compare with a text are left out. Numbers are shown.
    """
    left = int(tokens * TOKEN_SHARE)
    members: dict[str, list[object]] = {}
    for name, entries in (
        ("instructions", [plain(each, LONGEST_TEXT) for each in request.knowledge.instructions]),
        ("terms", [_term(term) for term in terms_of(request) if _may_leave(term, request)]),
        ("pairs", list(_pairs(request))),
    ):
        fitting: list[object] = []
        for entry in entries:
            cost = estimated_tokens(entry) + 1
            if cost <= left:
                left -= cost
                fitting.append(entry)
        if fitting:
            members[name] = fitting
    return members


def terms_of(request: GenerationRequest) -> tuple[Term, ...]:
    """Returns the terms that the question says."""
    fitting = fitting_terms(request.knowledge.terms_of(request.connection_id), request.catalog)
    return tuple(dict.fromkeys(said.term for said in said_terms(request.question, fitting)))


def tables_of_terms(request: GenerationRequest) -> tuple[str, ...]:
    """Returns the tables of those terms, spelled as in the catalog."""
    found = (request.catalog.table(name) for term in terms_of(request) for name in term.definition.tables)
    return tuple(dict.fromkeys(table.name for table in found if table))


def _term(term: Term) -> Json:
    described = {"name": term.name, "synonyms": list(term.synonyms), "means": plain(term.means, LONGEST_TEXT)}
    if term.description:
        described["description"] = plain(term.description, LONGEST_TEXT)
    return described


def _may_leave(term: Term, request: GenerationRequest) -> bool:
    texts = any(literal.is_string for literal in term.definition.tree.find_all(exp.Literal))
    return not texts or request.share is not LlmShare.SCHEMA


def _pairs(request: GenerationRequest) -> Iterator[Json]:
    """Yields the closest pairs that may run, best first."""
    knowledge = request.knowledge
    keep = knowledge.holds_for(request.connection_id)
    found = 0
    for at, _ in knowledge.book.nearest(request.question, _LOOKED_AT, keep=keep):
        pair = knowledge.pairs[at]
        if found < MOST_PAIRS and misfit(pair.sql, request.catalog) is None:
            found += 1
            yield _pair(pair, request)


def _pair(pair: Pair, request: GenerationRequest) -> Json:
    question, sql = pair.question, pair.sql
    if request.share is LlmShare.SCHEMA:
        tree = sqlglot.parse_one(sql, dialect=request.catalog.dialect.value)
        hidden = [each for each in tree.find_all(exp.Literal) if each.is_string and not _is_asked(each.name, request)]
        question = _without(question, [literal.name.strip("%") for literal in hidden], request)
        for literal in hidden:
            literal.replace(exp.Literal.string(_HIDDEN))
        sql = tree.sql(dialect=request.catalog.dialect.value, comments=False)
    return {"question": plain(question, LONGEST_TEXT), "sql": plain(sql, LONGEST_TEXT)}


def _is_asked(text: str, request: GenerationRequest) -> bool:
    return text.strip("%").casefold() in request.question.casefold()


def _without(question: str, texts: Sequence[str], request: GenerationRequest) -> str:
    """Hides the texts wherever they stand, and whatever stands in quotes."""
    for text in _longest_first(texts):
        question = re.sub(re.escape(text), _HIDDEN, question, flags=re.IGNORECASE)
    return re.sub(
        r"\"([^\"]*)\"|(?<!\w)'([^']*)'(?!\w)",
        lambda match: match[0] if _is_asked(match[1] or match[2] or "", request) else f'"{_HIDDEN}"',
        question,
    )


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted({text for text in texts if text}, key=len, reverse=True)
