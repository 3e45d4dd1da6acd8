"""The guard: from SQL text to a verdict, and to the SQL that may run."""

from dataclasses import dataclass

from sqlglot import ErrorLevel, exp

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_contracts.column_policy import ColumnPolicy
from rowcall_sqlguard.calls import require_nodes
from rowcall_sqlguard.column_rules import protect_columns
from rowcall_sqlguard.cross_joins import require_few_cross_joins
from rowcall_sqlguard.dialects import rules_for
from rowcall_sqlguard.expansion import require_small
from rowcall_sqlguard.limits import Limits
from rowcall_sqlguard.nodes import ROOTS
from rowcall_sqlguard.parsing import ONLY_QUERIES, PARSER_FAILURES, parse_one
from rowcall_sqlguard.protection import PolicyLookup
from rowcall_sqlguard.recursion import require_bounded
from rowcall_sqlguard.row_limit import require_literal_limit, with_row_limit
from rowcall_sqlguard.tables import require_tables
from rowcall_sqlguard.verdict import Reason, Refused, Verdict

DEFAULT_LIMITS = Limits()


def check(
    sql: str,
    *,
    dialect: Dialect,
    limits: Limits = DEFAULT_LIMITS,
    catalog: Catalog | None = None,
    policy: ColumnPolicy | None = None,
) -> Verdict:
    """Returns whether `sql` is one statement that only reads, and if so the SQL to run instead of it.

    Everything is allow-listed: the kind of statement, the nodes of its tree, the functions, and with a `catalog` the
    tables. What the `policy` protects cannot influence the result. What runs is generated from the tree that was
    checked, so that comments, unusual spellings and whatever the parser skipped never reach a database. Pure: no state,
    no input or output; some milliseconds of one core.
    """
    guard = _Guard(dialect, limits, catalog, policy)
    try:
        tree, masked = guard.checked(sql)
        limited = with_row_limit(tree, limits.max_rows)
        meant = _generated(tree, dialect)
        rewritten = meant if limited == tree else _generated(limited, dialect)
        # What the generator wrote is read again: where it and the parser disagree, the text is not what was checked.
        if guard.checked(rewritten)[1] != masked:
            raise Refused(Reason.UNPARSEABLE, "The statement cannot be written again as it was read.")
    except Refused as refused:
        return Verdict(allowed=False, reason=refused.reason, detail=refused.detail)
    except RecursionError:
        return Verdict(allowed=False, reason=Reason.TOO_DEEP, detail="The statement is nested too deeply.")
    return Verdict(allowed=True, rewritten=rewritten, meant=meant, masked_columns=masked)


def screen(sql: str, *, dialect: Dialect, limits: Limits = DEFAULT_LIMITS, catalog: Catalog | None = None) -> bool:
    """Says whether `check` would allow `sql`, as far as reading it once can tell; takes a third of the time.

    For choosing among statements that `check` sees before they run, never instead of it: nothing is written here, so
    what hinges on how the parser and the generator agree is not found.
    """
    try:
        tree, _ = _Guard(dialect, limits, catalog, None).checked(sql)
        require_literal_limit(tree)
    except (Refused, RecursionError):
        return False
    return True


@dataclass(frozen=True)
class _Guard:
    dialect: Dialect
    limits: Limits
    catalog: Catalog | None
    policy: ColumnPolicy | None

    def checked(self, sql: str) -> tuple[exp.Expr, frozenset[str]]:
        """Returns the tree that may run, and the names of result columns to blank."""
        tree = parse_one(sql, self.dialect, self.limits)
        self._require_harmless(tree)
        if self.policy is None:
            return tree, frozenset()
        rules = rules_for(self.dialect)
        return tree, protect_columns(tree, PolicyLookup(self.policy, self.catalog, rules.key_aliases), rules)

    def _require_harmless(self, tree: exp.Expr) -> None:
        rules, limits = rules_for(self.dialect), self.limits
        if type(tree) not in ROOTS:
            raise Refused(Reason.NOT_A_QUERY, ONLY_QUERIES)
        nodes = list(tree.walk())
        if len(nodes) > limits.max_nodes:
            raise Refused(Reason.TOO_LARGE, f"The statement has more than {limits.max_nodes} parts.")
        if sum(isinstance(node, exp.Select) for node in nodes) > limits.max_selects:
            raise Refused(Reason.TOO_LARGE, f"The statement has more than {limits.max_selects} SELECTs.")
        require_nodes(nodes, rules)
        require_tables(tree, rules, self.catalog)
        require_small(nodes, limits.max_expansion)
        require_few_cross_joins(nodes, limits, self.catalog)
        require_bounded(tree, always_recursive=rules.always_recursive, max_recursion=limits.max_recursion)


def _generated(tree: exp.Expr, dialect: Dialect) -> str:
    try:
        return tree.sql(dialect=dialect, comments=False, unsupported_level=ErrorLevel.RAISE)
    except PARSER_FAILURES:
        raise Refused(Reason.UNPARSEABLE, "The statement cannot be written again as it was read.") from None
