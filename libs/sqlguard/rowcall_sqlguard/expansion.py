"""Little SQL that makes much data: the sizes that literals ask for are bounded.

`SELECT repeat(repeat('x', 30000), 30000)` is 43 characters of SQL and 900 MB of text.
"""

import math
import re

from sqlglot import exp

from rowcall_sqlguard.verdict import Reason, Refused

# How many steps a series over dates makes in a decade. Its ends are seldom literals, and every database's clock stops
# such a series at year 9999 at the latest.
_STEPS_PER_DECADE = {"year": 10, "quarter": 40, "month": 120, "week": 522, "day": 3_653, "hour": 87_672,
                     "minute": 5_260_320, "second": 315_619_200}  # fmt: skip

_INTERVAL = re.compile(r"-?(\d+) (year|quarter|month|week|day|hour|minute|second)s?")
_WIDE_FORMAT = re.compile(r"\*|\d{4}")


def require_small(nodes: list[exp.Expr], max_expansion: int) -> None:
    """Raises `Refused` when repetitions, paddings and series together may make more than `max_expansion`.

    Repetitions and series multiply, wherever they stand in the statement: the result of one may be the input of the
    other. A padded text has its size whatever goes in, so of paddings the largest counts.
    """
    factors = [size for node in nodes if (size := _factor(node)) is not None]
    widths = [size for node in nodes if (size := _width(node)) is not None]
    if math.prod(factors) * max(widths, default=1) > max_expansion:
        raise Refused(Reason.EXPANSION_TOO_LARGE, "Repetitions, paddings or series would make too much data.")
    for node in nodes:
        _require_narrow_format(node)


def _factor(node: exp.Expr) -> int | None:
    match node:
        case exp.Repeat():
            return _size(node.args.get("times"))
        case exp.Replace():
            return _growth(node.args.get("replacement"))
        case exp.GenerateSeries() | exp.ExplodingGenerateSeries():
            return _series(node)
        case _:
            return None


def _width(node: exp.Expr) -> int | None:
    match node:
        case exp.Pad():
            return _size(node.expression)
        case exp.Space():
            return _size(node.this)
        case exp.Anonymous() if node.name.lower() == "bar" and len(node.expressions) > 3:
            return _size(node.expressions[3])
        case _:
            return None


def _series(series: exp.Expr) -> int:
    step = series.args.get("step")
    interval = _interval(step)
    if interval is not None:
        amount, unit = interval
        return _STEPS_PER_DECADE[unit] // amount
    span = abs(_integer(series.args.get("end")) - _integer(series.args.get("start")))
    return span // max(abs(_integer(step)) if step is not None else 1, 1) + 1


def _interval(step: exp.Expr | None) -> tuple[int, str] | None:
    """Returns amount and unit of `INTERVAL '2 days'` in its spellings, `None` for anything else."""
    if isinstance(step, exp.Interval):
        text = f"{step.name} {step.text('unit')}"
    elif isinstance(step, exp.Cast) and step.is_type(exp.DataType.Type.INTERVAL):
        text = step.name
    else:
        return None
    found = _INTERVAL.fullmatch(text.strip().lower())
    return (max(int(found[1]), 1), found[2]) if found else None


def _growth(replacement: exp.Expr | None) -> int:
    """Every character may become the replacement; one that is no literal is at most a cell."""
    return max(len(replacement.name), 1) if isinstance(replacement, exp.Literal) else 1


def _size(node: exp.Expr | None) -> int:
    return max(_integer(node), 1)


def _integer(node: exp.Expr | None) -> int:
    match node:
        case exp.Literal() if node.is_int:
            return int(node.name)
        case exp.Neg():
            return -_integer(node.this)
        case exp.Paren() | exp.Cast():
            return _integer(node.this)
        case _:
            raise Refused(Reason.EXPANSION_TOO_LARGE, "The size of a repetition, padding or series must be a number.")


def _require_narrow_format(node: exp.Expr) -> None:
    """`printf('%1000000000d', 1)` pads as well."""
    if isinstance(node, exp.Format):
        template = node.this
    elif isinstance(node, exp.Anonymous) and node.name.lower() == "printf" and node.expressions:
        template = node.expressions[0]
    else:
        return
    if not isinstance(template, exp.Literal) or _WIDE_FORMAT.search(template.name):
        raise Refused(Reason.EXPANSION_TOO_LARGE, "A format must be a literal, with widths below four digits.")
