"""Examples made of examples: what is asked changes in the question and in the gold query alike."""

import sqlite3
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.parser.actions import Keyword
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.reading import read_query
from tools.training.augmentation import bereft, is_foreign, varied
from tools.training.corpus import catalog_of
from tools.training.examples import Asked, example, unanswerable
from tools.training.gold import gold_symbols

DRAWS = 40


@pytest.fixture
def catalog(school: Path) -> Catalog:
    return catalog_of(school)


def variations(question: str, sql: str, index: SchemaIndex, today: date) -> set[tuple[str, str]]:
    """Questions with their SQL, over several draws."""
    joins = JoinTrees(index.tables, index.graph)
    symbols = gold_symbols(sql, index, joins)
    found = set()
    for seed in range(DRAWS):
        gold = varied(Asked("1", "school", question), symbols, index=index, random=np.random.default_rng(seed))
        if gold is not None:
            made = example(*gold, index=index, today=today)
            query = read_query(made.actions, made.nodes, joins)
            found.add((gold[0].text, write_sql(query, Dialect.SQLITE, index.tables)))
    return found


def test_another_column_is_asked_for(index: SchemaIndex, today: date, data: sqlite3.Connection) -> None:
    found = variations("What are the last names of all students?", "SELECT stu_lname FROM Student", index, today)

    assert ("What are the first names of all students", "SELECT stu_fname FROM Student") in found
    for _, sql in found:
        assert data.execute(sql).fetchall()


def test_another_value_is_asked_for_in_quotes(index: SchemaIndex, today: date) -> None:
    found = variations('How old are pets of "dog"?', "SELECT owner FROM Pets WHERE kind = 'dog'", index, today)

    assert 'How old are pets of "cat"' in {text for text, _ in found}
    assert all(f"'{text.split(chr(34))[1]}'" in sql for text, sql in found)


@pytest.mark.parametrize(
    ("question", "sql"),
    [
        ("How many students are there?", "SELECT count(*) FROM Student"),
        ("names, names and names of courses", "SELECT title FROM Course"),
    ],
)
def test_what_is_not_said_word_for_word_stays(question: str, sql: str, index: SchemaIndex, today: date) -> None:
    assert not variations(question, sql, index, today)


def test_a_column_that_is_gone_leaves_no_answer(catalog: Catalog, index: SchemaIndex, today: date) -> None:
    symbols = gold_symbols("SELECT avg(credits) FROM Course", index, JoinTrees(index.tables, index.graph))
    asked = Asked("1", "school", "What is the average number of credits?")
    less = bereft(asked, symbols, catalog=catalog, random=np.random.default_rng(0))

    assert less is not None
    assert ColumnRef("Course", "credits") not in less.columns("Course")
    assert ColumnRef("Course", "title") in less.columns("Course")
    assert unanswerable(asked, index=less, today=today).actions == (Keyword.NOTHING, Keyword.END)


def test_a_column_that_nobody_named_is_not_taken(catalog: Catalog, index: SchemaIndex) -> None:
    symbols = gold_symbols("SELECT credits FROM Course", index, JoinTrees(index.tables, index.graph))

    asked = Asked("1", "school", "How demanding is it?")

    assert bereft(asked, symbols, catalog=catalog, random=np.random.default_rng(0)) is None


@pytest.mark.parametrize(
    ("question", "foreign"),
    [("How many students are there?", False), ("What is the depth of the deepest lake?", True)],
)
def test_a_question_that_the_grammar_reads_is_not_foreign(
    question: str, foreign: bool, catalog: Catalog, index: SchemaIndex
) -> None:
    assert is_foreign(Asked("1", "lakes", question), index, catalog) is foreign
