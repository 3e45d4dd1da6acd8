"""What became of statements that were tried, told to a model without a value that the connection does not share."""

import re
from collections.abc import Iterator, Mapping, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rowcall_contracts.candidates import OutcomeStatus
from rowcall_contracts.catalog import Catalog
from rowcall_contracts.resources import LlmShare
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.llm.data_text import is_plain_name, plain

MOST_TRIED = 10
LONGEST_STATEMENT = 2_000
LONGEST_MESSAGE = 300
MOST_COLUMNS = 60

_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_HIDDEN_VALUE = "'…'"


def tested(feedback: Sequence[Tried]) -> tuple[Tried, ...]:
    """Returns what really ran or was refused; a statement that was skipped may still be the right one."""
    return tuple(tried for tried in feedback if tried.outcome.status is not OutcomeStatus.SKIPPED)


def described_feedback(request: GenerationRequest) -> list[Mapping[str, object]]:
    """Returns the last statements with status, code and message, and the columns of the tables that they name."""
    return [_described(tried, request) for tried in tested(request.feedback)[-MOST_TRIED:]]


def tables_named(request: GenerationRequest) -> tuple[str, ...]:
    """Returns the catalog's tables that tried statements name."""
    found = (name for tried in tested(request.feedback) for name in tables_of(tried.candidate.sql, request.catalog))
    return tuple(dict.fromkeys(found))


def _described(tried: Tried, request: GenerationRequest) -> Mapping[str, object]:
    sql, outcome = tried.candidate.sql, tried.outcome
    described: dict[str, object] = {
        "sql": shareable(plain(sql, LONGEST_STATEMENT), request),
        "status": outcome.status.value,
        "code": outcome.code,
        "message": shareable(plain(outcome.message or "", LONGEST_MESSAGE), request),
    }
    if outcome.status is OutcomeStatus.ERROR:
        described["columns"] = dict(_columns(sql, request.catalog))
    return {name: value for name, value in described.items() if value}


def shareable(text: str, request: GenerationRequest) -> str:
    """Hides quoted texts that nobody has said: the built-in engine takes them from stored values."""
    if request.share is not LlmShare.SCHEMA:
        return text
    earlier = (turn.question for turn in request.history)
    said = "\n".join((request.question, *earlier, request.refining or "")).casefold()

    def kept(match: re.Match[str]) -> str:
        return match[0] if match[1].replace("''", "'").strip("%").casefold() in said else _HIDDEN_VALUE

    return _QUOTED.sub(kept, text)


def _columns(sql: str, catalog: Catalog) -> Iterator[tuple[str, list[str]]]:
    for name in tables_of(sql, catalog):
        table = catalog.table(name)
        if table is not None:
            yield name, [column.name for column in table.columns if is_plain_name(column.name)][:MOST_COLUMNS]


def tables_of(sql: str, catalog: Catalog) -> Iterator[str]:
    """Yields the catalog's tables that a statement names."""
    try:
        tree = sqlglot.parse_one(sql, dialect=catalog.dialect.value)
    except (SqlglotError, RecursionError):
        return
    for name in dict.fromkeys(table.name for table in tree.find_all(exp.Table)):
        if (known := catalog.table(name)) is not None and is_plain_name(known.name):
            yield known.name
