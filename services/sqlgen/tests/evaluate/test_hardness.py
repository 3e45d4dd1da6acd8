"""Levels worked out by hand from the official rules, clause by clause."""

import pytest

from rowcall_sqlgen.evaluate.hardness import Hardness, hardness_of

LEVELS = [
    ("SELECT count(*) FROM singer", Hardness.EASY),
    ("SELECT name FROM singer ORDER BY age", Hardness.EASY),
    ("SELECT DISTINCT country FROM singer WHERE age > 20", Hardness.EASY),
    ("SELECT name, age FROM singer", Hardness.MEDIUM),
    ("SELECT avg(age), min(age), max(age) FROM singer WHERE country = 'France'", Hardness.MEDIUM),
    ("SELECT country, count(*) FROM singer GROUP BY country", Hardness.MEDIUM),
    ("SELECT T1.name FROM a AS T1 JOIN b AS T2 ON T1.id = T2.id WHERE T2.x = 1", Hardness.MEDIUM),
    ("SELECT name FROM stadium WHERE a > 1 OR b < 2", Hardness.MEDIUM),
    ("SELECT a, b FROM t JOIN u ON t.id = u.id ORDER BY a LIMIT 1", Hardness.HARD),
    ("SELECT name FROM t WHERE age > (SELECT avg(age) FROM t)", Hardness.HARD),
    ("SELECT a FROM t INTERSECT SELECT a FROM u", Hardness.HARD),
    ("SELECT name FROM t WHERE id NOT IN (SELECT id FROM u)", Hardness.HARD),
    ("SELECT count(*) FROM t WHERE id NOT IN (SELECT id FROM u)", Hardness.EXTRA),
    ("SELECT a, b FROM t WHERE x = (SELECT max(x) FROM t)", Hardness.EXTRA),
    ("SELECT a FROM t WHERE x LIKE '%a%' OR y LIKE '%b%'", Hardness.EXTRA),
    (
        "SELECT T2.n, count(*) FROM a AS T1 JOIN b AS T2 ON T1.i = T2.i GROUP BY T1.i ORDER BY count(*) DESC LIMIT 1",
        Hardness.EXTRA,
    ),
    ("SELECT country FROM t GROUP BY country ORDER BY count(*)", Hardness.MEDIUM),
    ("SELECT country, count(*) FROM t GROUP BY country ORDER BY count(*)", Hardness.EXTRA),
    ("SELECT `a` FROM `t` WHERE", Hardness.UNKNOWN),
]


@pytest.mark.parametrize(("sql", "level"), LEVELS, ids=[sql for sql, _ in LEVELS])
def test_level_is_that_of_the_official_rules(sql: str, level: Hardness) -> None:
    assert hardness_of(sql) is level


def test_of_a_set_operation_the_left_side_is_measured() -> None:
    simple, wide = "SELECT a FROM t", "SELECT a FROM t WHERE b = 1 AND c = 2 GROUP BY a, b ORDER BY a"
    assert hardness_of(f"{simple} EXCEPT SELECT a FROM u WHERE b = 1 AND c = 2 GROUP BY a, b") is Hardness.HARD
    assert hardness_of(f"{wide.removesuffix(' ORDER BY a')} EXCEPT {simple}") is Hardness.EXTRA
