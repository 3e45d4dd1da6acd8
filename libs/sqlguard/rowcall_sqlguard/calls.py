"""Which functions a statement may call, and of which kinds of nodes it may consist."""

from sqlglot import exp

from rowcall_sqlguard.dialects import DialectRules
from rowcall_sqlguard.functions import TYPED_FUNCTIONS
from rowcall_sqlguard.nodes import ALLOWED_NODES
from rowcall_sqlguard.verdict import Reason, Refused


def require_nodes(nodes: list[exp.Expr], rules: DialectRules) -> None:
    """Raises `Refused` for the first node that is no part of a plain read, or calls what is not on the lists."""
    for node in nodes:
        if isinstance(node, exp.Anonymous):
            _require_name(node, rules)
        elif type(node) not in ALLOWED_NODES and type(node) not in TYPED_FUNCTIONS:
            _refuse_kind(node)
        _require_plain_call(node, rules)


def _require_name(call: exp.Anonymous, rules: DialectRules) -> None:
    name = call.name
    spelt_exactly = isinstance(call.this, exp.Identifier) and call.this.quoted
    if (name if spelt_exactly else name.lower()) not in rules.functions:
        raise Refused(Reason.FUNCTION_NOT_ALLOWED, f"The function {_shown(name)} may not be called.")


def _refuse_kind(node: exp.Expr) -> None:
    if isinstance(node, exp.Func):
        raise Refused(Reason.FUNCTION_NOT_ALLOWED, f"The function {node.sql_name()} may not be called.")
    raise Refused(Reason.CONSTRUCT_NOT_ALLOWED, f"{type(node).__name__} is no part of a plain read.")


def _require_plain_call(node: exp.Expr, rules: DialectRules) -> None:
    """A call qualified by a schema is another function than the one of that name on the list."""
    if isinstance(node, exp.Dot):
        _require_plain_dot(node, rules)
    elif isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
        _require_schema(node.db, rules)


def _require_plain_dot(dot: exp.Dot, rules: DialectRules) -> None:
    if isinstance(dot.expression, exp.Func):
        _require_schema(dot.this.name if isinstance(dot.this, exp.Identifier) else "?", rules)
    elif rules.dots_are_calls and not isinstance(dot.expression, exp.Star):
        # In PostgreSQL ('/etc/passwd'::text).pg_read_file is a call.
        raise Refused(Reason.FUNCTION_NOT_ALLOWED, "A name after a bracketed value may be a call; write it as one.")


def _require_schema(schema: str, rules: DialectRules) -> None:
    if schema and schema.lower() not in rules.function_schemas:
        raise Refused(Reason.FUNCTION_NOT_ALLOWED, "A function of a schema of its own may not be called.")


def _shown(name: str) -> str:
    return name if name.isidentifier() else "with that name"
