"""How large, how deep and how productive a statement may be."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Budgets of one statement. The parser's time grows with all of the first five."""

    max_chars: int = 50_000
    max_tokens: int = 8_000
    max_nesting: int = 40  # brackets inside brackets
    max_nodes: int = 20_000
    max_selects: int = 200
    max_rows: int = 10_001  # the injected LIMIT: one more than shown, so that the reader sees that there are more
    max_expansion: int = 10_000_000  # rows times characters that literals may ask for
    max_cross_joins: int = 3  # joins that no condition binds to the tables before them
    max_cross_rows: int = 100_000_000  # rows that those may make, where the catalog knows the tables' sizes
    max_recursion: int = 100_000  # largest literal that bounds a recursion
