"""From text to exactly one tree, within budgets. What cannot be parsed is refused."""

from itertools import groupby, pairwise

from sqlglot import Dialect as SqlDialect
from sqlglot import Token, TokenType, exp
from sqlglot.errors import ParseError, SqlglotError

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.text import is_sql_text
from rowcall_sqlguard.verdict import Reason, Refused

_OPENING = frozenset({TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE, TokenType.CASE})
_CLOSING = frozenset({TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE, TokenType.END})

# What a query may begin with. Anything else is refused unparsed: sqlglot logs the text of statements it does not know.
_BEGINNINGS = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.L_PAREN})

# MySQL runs /*! ... */, MariaDB /*M! ... */, and several servers obey /*+ ... */.
_EXECUTABLE_COMMENT = ("!", "M!", "+")


# sqlglot stumbles over some malformed statements with errors of Python's own; those are refused like the rest.
PARSER_FAILURES = (SqlglotError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)

ONLY_QUERIES = "Only SELECT, WITH ... SELECT and their unions may run."


def parse_one(sql: str, dialect: Dialect, limits: Limits) -> exp.Expr:
    """Returns the tree of the one statement in `sql`. Raises `Refused`."""
    if len(sql) > limits.max_chars:
        raise Refused(Reason.TOO_LARGE, f"The statement is longer than {limits.max_chars} characters.")
    if not is_sql_text(sql):
        raise Refused(Reason.UNPARSEABLE, "The statement contains characters that no database takes.")
    engine = SqlDialect.get_or_raise(dialect)
    try:
        tokens = engine.tokenize(sql)
        _require_tokens_within(tokens, limits)
        _require_one_query(tokens)
        trees = engine.parser().parse(tokens, sql)
    except RecursionError:
        raise Refused(Reason.TOO_DEEP, "The statement is nested too deeply.") from None
    except ParseError as error:
        raise Refused(Reason.UNPARSEABLE, f"The statement is no {dialect} SQL{_place(error)}.") from None
    except PARSER_FAILURES:
        raise Refused(Reason.UNPARSEABLE, f"The statement is no {dialect} SQL.") from None
    (tree,) = [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]
    return tree


def _require_tokens_within(tokens: list[Token], limits: Limits) -> None:
    if len(tokens) > limits.max_tokens:
        raise Refused(Reason.TOO_LARGE, f"The statement has more than {limits.max_tokens} tokens.")
    if _nesting(tokens) > limits.max_nesting:
        raise Refused(Reason.TOO_DEEP, f"Brackets are nested more than {limits.max_nesting} deep.")
    if any(comment.startswith(_EXECUTABLE_COMMENT) for token in tokens for comment in token.comments):
        raise Refused(Reason.EXECUTABLE_COMMENT, "A comment holds something that a server may run.")


def _nesting(tokens: list[Token]) -> int:
    """Returns how deep brackets stand inside brackets; `a[1][1]` counts as two, for its tree is as deep."""
    depth = deepest = 0
    for token in tokens:
        depth += (token.token_type in _OPENING) - (token.token_type in _CLOSING)
        deepest = max(deepest, depth)
    kinds = [token.token_type for token in tokens]
    chained = sum(pair == (TokenType.R_BRACKET, TokenType.L_BRACKET) for pair in pairwise(kinds))
    return max(deepest, chained)


def _require_one_query(tokens: list[Token]) -> None:
    statements = [
        list(statement)
        for is_separator, statement in groupby(tokens, key=lambda token: token.token_type is TokenType.SEMICOLON)
        if not is_separator
    ]
    if len(statements) != 1:
        raise Refused(Reason.NOT_ONE_STATEMENT, f"There are {len(statements)} statements; exactly one may run.")
    if statements[0][0].token_type not in _BEGINNINGS:
        raise Refused(Reason.NOT_A_QUERY, ONLY_QUERIES)


def _place(error: ParseError) -> str:
    found = error.errors[0] if error.errors else {}
    line, column = found.get("line"), found.get("col")
    return f" (line {line}, column {column})" if line else ""
