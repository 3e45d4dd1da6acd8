"""What was said before in a conversation, told to a model within a bound."""

from collections.abc import Mapping

import sqlglot
from sqlglot.errors import SqlglotError

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.generator import GenerationRequest
from rowcall_sqlgen.llm.data_text import plain
from rowcall_sqlgen.llm.feedback import LONGEST_STATEMENT, shareable, tables_of
from rowcall_sqlgen.llm.schema_document import estimated_tokens

LONGEST_EARLIER_QUESTION = 1_000
LONGEST_REFINED = 20_000
"""Characters of a statement that is to be changed: half of one would be changed wrongly, so most are sent whole."""
_SHARE = 0.25
"""Of the prompt's tokens, for the turns; the oldest are left out first."""

Json = Mapping[str, object]


def described_conversation(request: GenerationRequest, tokens: int) -> Json:
    """Returns the members `history` and `statement` of the document, each only where there is something to say.

    The statement to change is the caller's own text and is sent as it is; a statement of an earlier turn may hold
    stored values, and loses those that no question has where the connection does not share values.
    """
    described: dict[str, object] = {}
    if history := _history(request, int(tokens * _SHARE)):
        described["history"] = history
    if request.refining is not None:
        described["statement"] = plain(_on_one_line(request.refining, request.catalog), LONGEST_REFINED)
    return described


def tables_before(request: GenerationRequest) -> tuple[str, ...]:
    """Returns the catalog's tables that the statement to go on from reads."""
    last = request.history[-1].sql if request.history else ""
    sql = last if request.refining is None else request.refining
    return tuple(tables_of(sql, request.catalog)) if sql else ()


def _history(request: GenerationRequest, tokens: int) -> list[Json]:
    kept: list[Json] = []
    for turn in reversed(request.history):
        told = {
            "question": plain(turn.question, LONGEST_EARLIER_QUESTION),
            "sql": shareable(plain(_on_one_line(turn.sql, request.catalog), LONGEST_STATEMENT), request),
        }
        tokens -= estimated_tokens(told)
        if tokens < 0:
            break
        kept.append(told)
    return kept[::-1]


def _on_one_line(sql: str, catalog: Catalog) -> str:
    """A comment up to the end of its line would otherwise swallow the lines after it."""
    try:
        return sqlglot.parse_one(sql, dialect=catalog.dialect.value).sql(catalog.dialect.value, comments=False)
    except (SqlglotError, RecursionError):
        return sql
