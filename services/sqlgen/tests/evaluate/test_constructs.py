import pytest

from rowcall_sqlgen.evaluate.constructs import constructs_of

GROUPED = ("joins 1", "aggregate", "group by", "having")
EXAMPLES = [
    ("SELECT a FROM t", ("joins 0",)),
    ("SELECT DISTINCT a FROM t WHERE b LIKE '%x'", ("joins 0", "where", "distinct", "like")),
    ("SELECT count(*) FROM t JOIN u USING (id) GROUP BY a HAVING count(*) > 1", GROUPED),
    ("SELECT a FROM t, u, v ORDER BY a LIMIT 1", ("joins 2+", "order by", "limit")),
    ("SELECT a FROM t WHERE b IN (SELECT b FROM u)", ("joins 0", "where", "nested")),
    ("SELECT a FROM t UNION SELECT a FROM u", ("joins 0", "set operation")),
    ("SELECT a FROM t WHERE strftime('%Y', d) = '2020'", ("joins 0", "where", "dates")),
    ("SELECT a FROM t WHERE d > '2020-01-31'", ("joins 0", "where", "dates")),
    ("SELECT date FROM t", ("joins 0",)),
    ("SELECT a FROM t WHERE", ("unparseable",)),
]


@pytest.mark.parametrize(("sql", "names"), EXAMPLES, ids=[sql for sql, _ in EXAMPLES])
def test_constructs_are_named(sql: str, names: tuple[str, ...]) -> None:
    assert constructs_of(sql) == names
