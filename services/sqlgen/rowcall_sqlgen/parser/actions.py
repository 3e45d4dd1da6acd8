"""The parser's output language: a query as a flat list of keywords and pointers, without FROM and JOIN.

It follows NatSQL (Gan et al. 2021) in leaving out what the schema graph can supply. Of the open development questions
whose gold SQL runs, 96 % can be written in it and back with the same result.
"""

from enum import StrEnum
from typing import NamedTuple


class Keyword(StrEnum):
    """Actions that name nothing in the data."""

    SELECT = "SELECT"
    DISTINCT = "DISTINCT"
    PLAIN = "PLAIN"  # the column itself
    COUNT = "COUNT"  # of a column, or of the rows of a table
    COUNT_DISTINCT = "COUNT DISTINCT"
    SUM = "SUM"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"
    ALL = "ALL"  # every column of a table
    FROM = "FROM"  # tables that no other part names
    WHERE = "WHERE"
    GROUP = "GROUP"
    HAVING = "HAVING"
    ORDER = "ORDER"
    ASCENDING = "ASC"
    DESCENDING = "DESC"
    LIMIT = "LIMIT"
    AND = "AND"
    OR = "OR"
    EQ = "="
    NE = "<>"
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    CONTAINS = "CONTAINS"
    STARTS = "STARTS"
    ENDS = "ENDS"
    CONTAINS_NOT = "CONTAINS NOT"
    BETWEEN = "BETWEEN"
    IN = "IN"
    NOT_IN = "NOT IN"
    NULL = "NULL"
    NOT_NULL = "NOT NULL"
    QUERY = "("  # an inner query follows
    CLOSE = ")"
    COLUMN = "COLUMN"  # the right-hand side is a column
    UNION = "UNION"
    INTERSECT = "INTERSECT"
    EXCEPT = "EXCEPT"
    NOTHING = "NOTHING"  # the data does not hold what is asked for
    END = "END"
    BEGIN = "BEGIN"  # stands before the first action


class Pointer(NamedTuple):
    """An action that names a node of the question's graph by its position there."""

    node: int


Action = Keyword | Pointer

KEYWORDS = tuple(Keyword)
KEYWORD_NUMBERS = {keyword: number for number, keyword in enumerate(KEYWORDS)}
"""How the network numbers them; a trained network fits one numbering only."""

FUNCTIONS = frozenset({Keyword.COUNT, Keyword.COUNT_DISTINCT, Keyword.SUM, Keyword.AVG, Keyword.MIN, Keyword.MAX})
OPERANDS = FUNCTIONS | {Keyword.PLAIN}
COMPARISONS = frozenset({Keyword.EQ, Keyword.NE, Keyword.LT, Keyword.LE, Keyword.GT, Keyword.GE})
PATTERNS = frozenset({Keyword.CONTAINS, Keyword.STARTS, Keyword.ENDS, Keyword.CONTAINS_NOT})
MEMBERSHIPS = frozenset({Keyword.IN, Keyword.NOT_IN})
ABSENCES = frozenset({Keyword.NULL, Keyword.NOT_NULL})
OPERATORS = COMPARISONS | PATTERNS | MEMBERSHIPS | ABSENCES | {Keyword.BETWEEN}
SET_OPERATORS = frozenset({Keyword.UNION, Keyword.INTERSECT, Keyword.EXCEPT})
CLAUSES = (
    Keyword.SELECT,
    Keyword.FROM,
    Keyword.WHERE,
    Keyword.GROUP,
    Keyword.HAVING,
    Keyword.ORDER,
    Keyword.LIMIT,
)
"""In the order in which they may follow each other."""
