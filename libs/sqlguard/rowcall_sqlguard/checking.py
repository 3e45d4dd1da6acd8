"""The guard: from SQL text to a verdict, and to the SQL that may run."""

from sqlglot import ErrorLevel, exp

from rowcall_contracts.catalog import Catalog
from rowcall_sqlguard.calls import require_nodes
from rowcall_sqlguard.dialects import GuardedDialect, rules_for
from rowcall_sqlguard.expansion import require_small
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.nodes import ROOTS
from rowcall_sqlguard.parsing import ONLY_QUERIES, PARSER_FAILURES, parse_one
from rowcall_sqlguard.recursion import require_bounded
from rowcall_sqlguard.row_limit import with_row_limit
from rowcall_sqlguard.tables import require_tables
from rowcall_sqlguard.verdict import Reason, Refused, Verdict

DEFAULT_LIMITS = Limits()


def check(
    sql: str, *, dialect: GuardedDialect, limits: Limits = DEFAULT_LIMITS, catalog: Catalog | None = None
) -> Verdict:
    """Returns whether `sql` is one statement that only reads, and if so the SQL to run instead of it.

    Everything is allow-listed: the kind of statement, the nodes of its tree, the functions, and with a `catalog` the
    tables. What runs is generated from the tree that was checked, so that comments, unusual spellings and whatever the
    parser skipped never reach a database. Pure: no state, no input or output; some milliseconds of one core.
    """
    try:
        tree = parse_one(sql, dialect, limits)
        _require_harmless(tree, dialect, limits=limits, catalog=catalog)
        limited = with_row_limit(tree, limits.max_rows)
        meant = _generated(tree, dialect)
        rewritten = meant if limited == tree else _generated(limited, dialect)
        # What the generator wrote is read again: where it and the parser disagree, the text is not what was checked.
        _require_harmless(parse_one(rewritten, dialect, limits), dialect, limits=limits, catalog=catalog)
    except Refused as refused:
        return Verdict(allowed=False, reason=refused.reason, detail=refused.detail)
    except RecursionError:
        return Verdict(allowed=False, reason=Reason.TOO_DEEP, detail="The statement is nested too deeply.")
    return Verdict(allowed=True, rewritten=rewritten, meant=meant)


def _require_harmless(tree: exp.Expr, dialect: GuardedDialect, *, limits: Limits, catalog: Catalog | None) -> None:
    rules = rules_for(dialect)
    if type(tree) not in ROOTS:
        raise Refused(Reason.NOT_A_QUERY, ONLY_QUERIES)
    nodes = list(tree.walk())
    if len(nodes) > limits.max_nodes:
        raise Refused(Reason.TOO_LARGE, f"The statement has more than {limits.max_nodes} parts.")
    require_nodes(nodes, rules)
    require_tables(tree, rules, catalog)
    require_small(nodes, limits.max_expansion)
    require_bounded(tree, always_recursive=rules.always_recursive, max_recursion=limits.max_recursion)


def _generated(tree: exp.Expr, dialect: GuardedDialect) -> str:
    try:
        return tree.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except PARSER_FAILURES:
        raise Refused(Reason.UNPARSEABLE, "The statement cannot be written again as it was read.") from None
