"""What the guard says about a statement."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a statement is refused; the codes are stable."""

    TOO_LARGE = "too-large"  # characters, tokens or nodes beyond the limits
    TOO_DEEP = "too-deep"  # nested beyond the limits
    UNPARSEABLE = "unparseable"  # not SQL of the dialect, as far as we can tell
    NOT_ONE_STATEMENT = "not-one-statement"
    NOT_A_QUERY = "not-a-query"  # the statement is no SELECT
    EXECUTABLE_COMMENT = "executable-comment"  # a comment that some server runs or obeys
    CONSTRUCT_NOT_ALLOWED = "construct-not-allowed"  # something inside is no part of a plain read
    FUNCTION_NOT_ALLOWED = "function-not-allowed"
    SYSTEM_TABLE = "system-table"
    FILE_AS_TABLE = "file-as-table"
    TABLE_NOT_ALLOWED = "table-not-allowed"  # not in the catalog
    EXPANSION_TOO_LARGE = "expansion-too-large"  # little SQL that makes much data
    RECURSION_UNBOUNDED = "recursion-unbounded"
    LIMIT_NOT_LITERAL = "limit-not-literal"
    COLUMN_PROTECTED = "column-protected"  # a protected column could influence the result
    TABLE_DENIED = "table-denied"  # the policy forbids the table
    CROSS_JOIN_TOO_LARGE = "cross-join-too-large"  # too many joins without a condition, or of too large tables


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`rewritten` is what may run: SQL made from the checked tree. It is `None` exactly when `allowed` is false.

    `meant` is the same without the injected LIMIT, for people to read: a limit stands there only if it was asked for.
    `detail` is a sentence that names constructs, functions, tables and columns, never a literal.
    `masked_columns` are the folded names (`fold_name`) of result columns whose cells must not be shown: `*` over a
    protected table that no catalog describes. Who runs the statement blanks them.
    """

    allowed: bool
    reason: Reason | None = None
    detail: str = ""
    rewritten: str | None = None
    meant: str | None = None
    masked_columns: frozenset[str] = frozenset()


class Refused(Exception):
    """Raised by a rule; `check` makes a verdict of it."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
