"""How much of a customer's database one call may use."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class QueryLimits:
    """Bounds of one statement.

    Rows beyond `max_rows` or `max_bytes` (the JSON size of the cells) are left out and the result is marked truncated;
    past `timeout_s` seconds the statement is interrupted.
    """

    timeout_s: float = 30.0
    max_rows: int = 10_000
    max_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class ProfileBounds:
    """Bounds of a profile. What they cut stays unmeasured (`None` or empty), it is never guessed.

    A table of at most `exact_rows` rows is read whole; of a larger one, and of a view, `sample_rows` rows are read.
    """

    budget_s: float = 20.0  # for all tables together
    statement_s: float = 3.0  # for one statement, so that one slow view does not eat the budget
    exact_rows: int = 2_000_000
    sample_rows: int = 20_000
    max_tables: int = 5_000
    max_values: int = 200  # distinct values that a low-cardinality column may have
    max_value_chars: int = 100
    max_samples: int = 5
