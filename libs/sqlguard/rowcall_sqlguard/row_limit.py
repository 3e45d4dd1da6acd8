"""Puts a LIMIT on the outermost query."""

from sqlglot import exp

from rowcall_sqlguard.verdict import Reason, Refused


def with_row_limit(query: exp.Expr, max_rows: int) -> exp.Expr:
    """Returns a copy of `query` that gives at most `max_rows` rows; a smaller LIMIT of its own stays.

    Raises `Refused` for a LIMIT that is no number.
    """
    limited = query.copy()
    own = _own_limit(query)
    if own is None or own > max_rows:
        limited.set("limit", exp.Limit(expression=exp.Literal.number(max_rows)))
    return limited


def require_literal_limit(query: exp.Expr) -> None:
    """Raises `Refused` for a LIMIT of the outermost query that is no number."""
    _own_limit(query)


def _own_limit(query: exp.Expr) -> int | None:
    """Returns the number of rows asked for; `None` when there is no limit or none that limits."""
    limit = query.args.get("limit")
    if limit is None:
        return None
    count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
    options = limit.args.get("limit_options")
    if options is not None and options.args.get("percent"):
        raise Refused(Reason.LIMIT_NOT_LITERAL, "LIMIT must be a number of rows, not a share.")
    match count:
        case exp.Literal() if count.is_int:
            return int(count.name)
        case exp.Neg() | exp.Null():  # SQLite and PostgreSQL read these as "no limit"
            return None
        case exp.Var() if count.name.upper() == "ALL":
            return None
        case _:
            raise Refused(Reason.LIMIT_NOT_LITERAL, "LIMIT must be a number.")
