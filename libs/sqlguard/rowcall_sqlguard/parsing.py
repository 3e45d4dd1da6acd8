"""From text to exactly one tree, within budgets. What cannot be parsed is refused."""

from sqlglot import Dialect as SqlDialect
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokens import Token, TokenType

from rowcall_sqlguard.dialects import GuardedDialect
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.verdict import Reason, Refused

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})

# MySQL runs /*! ... */, MariaDB /*M! ... */, and several servers obey /*+ ... */.
_EXECUTABLE_COMMENT = ("!", "M!", "+")


def parse_one(sql: str, dialect: GuardedDialect, limits: Limits) -> exp.Expression:
    """Returns the tree of the one statement in `sql`. Raises `Refused`."""
    if len(sql) > limits.max_chars:
        raise Refused(Reason.TOO_LARGE, f"The statement is longer than {limits.max_chars} characters.")
    engine = SqlDialect.get_or_raise(dialect)
    try:
        tokens = engine.tokenize(sql)
        _require_tokens_within(tokens, limits)
        trees = engine.parser().parse(tokens, sql)
    except RecursionError:
        raise Refused(Reason.TOO_DEEP, "The statement is nested too deeply.") from None
    except ParseError as error:
        raise Refused(Reason.UNPARSEABLE, f"The statement is no {dialect} SQL{_place(error)}.") from None
    except (TokenError, SqlglotError, ValueError):
        raise Refused(Reason.UNPARSEABLE, f"The statement is no {dialect} SQL.") from None
    return _only(trees)


def _require_tokens_within(tokens: list[Token], limits: Limits) -> None:
    if len(tokens) > limits.max_tokens:
        raise Refused(Reason.TOO_LARGE, f"The statement has more than {limits.max_tokens} tokens.")
    depth = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        if depth > limits.max_nesting:
            raise Refused(Reason.TOO_DEEP, f"Brackets are nested more than {limits.max_nesting} deep.")
        if any(comment.startswith(_EXECUTABLE_COMMENT) for comment in token.comments):
            raise Refused(Reason.EXECUTABLE_COMMENT, "A comment holds something that a server may run.")


def _only(trees: list[exp.Expression | None]) -> exp.Expression:
    statements = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    if len(statements) != 1:
        raise Refused(Reason.NOT_ONE_STATEMENT, f"There are {len(statements)} statements; exactly one may run.")
    return statements[0]


def _place(error: ParseError) -> str:
    found = error.errors[0] if error.errors else {}
    line, column = found.get("line"), found.get("col")
    return f" (line {line}, column {column})" if line else ""
