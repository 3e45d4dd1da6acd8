"""The parser's output language: what SQL says is said in it, and comes back as SQL with the same result."""

import sqlite3
from datetime import date

import pytest

from rowcall_contracts.catalog import Dialect
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.reading import read_query
from tools.training.examples import Asked, example
from tools.training.gold import Inexpressible, gold_symbols

TAKEN = "Student s JOIN Enrollment e ON e.stu_id = s.StuID JOIN Course c ON c.course_id = e.course_id"
EXPRESSIBLE = [
    ("all last names", "SELECT stu_lname FROM Student"),
    ("different kinds of pets", "SELECT DISTINCT kind FROM Pets"),
    ("students", "SELECT * FROM Student"),
    ("how many students", "SELECT count(*) FROM Student"),
    ("how many kinds of pets", "SELECT count(DISTINCT kind) FROM Pets"),
    ("oldest and mean age", "SELECT max(age), avg(age) FROM Student"),
    ("students of 20", "SELECT stu_lname FROM Student WHERE age = 20"),
    ("students not of 20", "SELECT stu_lname FROM Student WHERE NOT age = 20"),
    ("women above 19", "SELECT stu_lname FROM Student WHERE sex = 'F' AND age > 19"),
    ("20 or 18, and M", "SELECT stu_lname FROM Student WHERE age = 20 OR age = 18 AND sex = 'M'"),
    ("between 18 and 20", "SELECT stu_lname FROM Student WHERE age BETWEEN 18 AND 20"),
    ('names with "o"', "SELECT stu_lname FROM Student WHERE stu_lname LIKE '%o%'"),
    ('names that start with "G"', "SELECT stu_fname FROM Student WHERE stu_fname LIKE 'G%'"),
    ('names that end with "n"', "SELECT stu_fname FROM Student WHERE stu_fname LIKE '%n'"),
    ('names without "a"', "SELECT stu_fname FROM Student WHERE stu_fname NOT LIKE '%a%'"),
    ("students without order", 'SELECT stu_lname FROM Student WHERE "order" IS NULL'),
    ("students with order", 'SELECT stu_lname FROM Student WHERE "order" IS NOT NULL'),
    ("courses by credits", "SELECT title FROM Course ORDER BY credits DESC, title DESC"),
    ("the 2 youngest", "SELECT stu_lname FROM Student ORDER BY age LIMIT 2"),
    ("students by sex", "SELECT sex, count(*) FROM Student GROUP BY sex"),
    ("ages of 2 or more", "SELECT age FROM Student GROUP BY age HAVING count(*) >= 2"),
    ("most common grade", "SELECT grade FROM Enrollment GROUP BY grade ORDER BY count(*) DESC LIMIT 1"),
    ("who takes Logic", f"SELECT stu_lname FROM {TAKEN} WHERE title = 'Logic'"),
    ("enrolled students", "SELECT DISTINCT s.stu_lname FROM Student s JOIN Enrollment e ON e.stu_id = s.StuID"),
    ("above the mean", "SELECT stu_lname FROM Student WHERE age > (SELECT avg(age) FROM Student)"),
    ("without pets", "SELECT age FROM Student WHERE StuID NOT IN (SELECT owner FROM Pets WHERE owner IS NOT NULL)"),
    ("with a dog", "SELECT stu_lname FROM Student WHERE StuID IN (SELECT owner FROM Pets WHERE kind = 'dog')"),
    ("cat, dog", "SELECT owner FROM Pets WHERE kind = 'cat' INTERSECT SELECT owner FROM Pets WHERE kind = 'dog'"),
    ("ids but not owners", "SELECT StuID FROM Student EXCEPT SELECT owner FROM Pets"),
    ("credits or ages", "SELECT credits FROM Course UNION SELECT age FROM Student"),
    ("more credits than its number", "SELECT title FROM Course WHERE course_id < credits"),
]  # fmt: skip

INEXPRESSIBLE = [
    ("SELECT age + 1 FROM Student", "an expression: Add"),
    ("SELECT a.age FROM Student a JOIN Student b ON a.age = b.age", "a table joined with itself"),
    ("SELECT stu_lname FROM Student WHERE sex = 'F' AND (age = 20 OR age = 22)", "brackets around alternatives"),
    ("SELECT age FROM Student ORDER BY age, sex DESC", "keys in two directions"),
    ("SELECT salary FROM Student", "an unknown column"),
    ("SELECT count(*) FROM (SELECT age FROM Student)", "a table of another kind"),
    ("SELECT FROM WHERE", "unparseable"),
]


@pytest.mark.parametrize(("question", "sql"), EXPRESSIBLE)
def test_a_query_comes_back_with_the_same_rows(
    question: str, sql: str, index: SchemaIndex, data: sqlite3.Connection, today: date
) -> None:
    joins = JoinTrees(index.tables, index.graph)
    found = example(Asked("1", "school", question), gold_symbols(sql, index, joins), index=index, today=today)
    written = write_sql(read_query(found.actions, found.nodes, joins), Dialect.SQLITE, index.tables)

    ordered = "ORDER BY" in sql
    rows = [data.execute(each).fetchall() for each in (sql, written)]
    expected, actual = rows if ordered else [sorted(each, key=repr) for each in rows]
    assert expected
    assert actual == expected, written


@pytest.mark.parametrize(("sql", "reason"), INEXPRESSIBLE)
def test_what_the_language_lacks_is_named(sql: str, reason: str, index: SchemaIndex) -> None:
    with pytest.raises(Inexpressible, match=reason):
        gold_symbols(sql, index, JoinTrees(index.tables, index.graph))


def test_a_value_that_nobody_said_is_no_example(index: SchemaIndex, today: date) -> None:
    symbols = gold_symbols("SELECT stu_lname FROM Student WHERE age = 77", index, JoinTrees(index.tables, index.graph))

    with pytest.raises(Inexpressible, match="nobody said"):
        example(Asked("1", "school", "very old students"), symbols, index=index, today=today)
