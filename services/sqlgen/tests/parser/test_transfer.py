"""Questions carried over to another database: the sentence and the gold query change alike, or neither does."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from rowcall_contracts.catalog import Catalog, Dialect
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.sql import write_sql
from rowcall_sqlgen.parser.join_trees import JoinTrees
from rowcall_sqlgen.parser.reading import read_query
from tools.training.corpus import Corpus, Sample, catalog_of, transferred_examples
from tools.training.examples import Asked, Example, example
from tools.training.gold import gold_symbols
from tools.training.transfer import target, transferred

DRAWS = 20
SCRIPTS = {
    "zoo": """
        CREATE TABLE keeper (keeper_id INTEGER PRIMARY KEY, keeper_name TEXT, wage INTEGER);
        CREATE TABLE animal (
            animal_id INTEGER PRIMARY KEY, animal_name TEXT, keeper_id INTEGER REFERENCES keeper (keeper_id),
            weight INTEGER, food TEXT, born DATE
        );
        CREATE TABLE visit (
            animal_id INTEGER REFERENCES animal (animal_id), visitor TEXT, minute INTEGER,
            PRIMARY KEY (animal_id, visitor)
        );
        INSERT INTO keeper VALUES (1, 'Ida', 2000), (2, 'Ugo', 2000);
        INSERT INTO animal VALUES (1, 'Leo', 1, 190, 'meat', '2015-01-02'), (2, 'Jumbo', 2, 5000, 'hay', '1999-07-30');
        INSERT INTO visit VALUES (1, 'school', 20), (2, 'school', 35);
    """,
    "music": """
        CREATE TABLE singer (singer_id INTEGER PRIMARY KEY, singer_name TEXT, salary INTEGER);
        CREATE TABLE song (
            song_id INTEGER PRIMARY KEY, song_name TEXT, singer_id INTEGER REFERENCES singer (singer_id),
            duration INTEGER, genre TEXT
        );
        CREATE TABLE label (label_id INTEGER PRIMARY KEY, profit INTEGER);
        INSERT INTO singer VALUES (1, 'Dolly', 900), (2, 'Johnny', 900);
        INSERT INTO song VALUES (1, 'Jolene', 1, 160, 'country'), (2, 'Hurt', 2, 218, 'folk');
        INSERT INTO label VALUES (1, 10000);
    """,
    "islands": """
        CREATE TABLE island (island_id INTEGER, height INTEGER, shore INTEGER);
        CREATE TABLE sea (depth INTEGER);
    """,
}
"""Of `islands` nothing is stored and nothing refers to anything."""
OF_BOTH = "keeper JOIN animal ON keeper.keeper_id = animal.keeper_id"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("databases")
    for name, script in SCRIPTS.items():
        with closing(sqlite3.connect(folder / name)) as connection:
            connection.executescript(script)
    return {name: folder / name for name in SCRIPTS}


@pytest.fixture(scope="module")
def catalogs(paths: dict[str, Path]) -> dict[str, Catalog]:
    return {name: catalog_of(path) for name, path in paths.items()}


@pytest.fixture(scope="module")
def indexes(catalogs: dict[str, Catalog]) -> dict[str, SchemaIndex]:
    return {name: build_index(catalog) for name, catalog in catalogs.items()}


def carried(
    question: str, sql: str, indexes: dict[str, SchemaIndex], today: date, *, to: str = "music"
) -> set[tuple[str, str]]:
    """The question of the zoo asked of another database, with its SQL, over several draws."""
    index, other = indexes["zoo"], indexes[to]
    symbols = gold_symbols(sql, index, JoinTrees(index.tables, index.graph))
    found = set()
    for seed in range(DRAWS):
        gold = transferred(
            Asked("1", "zoo", question), symbols, index=index, to=target(to, other), random=np.random.default_rng(seed)
        )
        if gold is not None:
            assert gold[0].database == to
            found.add((gold[0].text, sql_of(example(*gold, index=other, today=today))))
    return found


def sql_of(made: Example) -> str:
    """The SQL that the actions of an example write."""
    index = made.index
    return write_sql(
        read_query(made.actions, made.nodes, JoinTrees(index.tables, index.graph)), Dialect.SQLITE, index.tables
    )


def test_a_question_about_one_table_is_asked_of_each_that_is_wide_enough(
    indexes: dict[str, SchemaIndex], today: date
) -> None:
    assert carried("What is the average weight of all animals?", "SELECT avg(weight) FROM animal", indexes, today) == {
        ("What is the average salary of all singers", "SELECT AVG(salary) AS average_salary FROM singer"),
        ("What is the average duration of all songs", "SELECT AVG(duration) AS average_duration FROM song"),
    }


@pytest.mark.parametrize(
    ("question", "other"),
    [
        (
            "Show the names of keepers of animals with a weight above 200",
            "Show the names of singers of songs with a {} above 200",
        ),
        ("Which keepers have animals with a weight above 200?", "Which singers have songs with a {} above 200"),
    ],
    ids=["the name is said", "the name is silent"],
)
def test_child_and_parent_become_child_and_parent(
    question: str, other: str, indexes: dict[str, SchemaIndex], paths: dict[str, Path], today: date
) -> None:
    found = carried(question, f"SELECT keeper_name FROM {OF_BOTH} WHERE weight > 200", indexes, today)

    [(text, sql)] = found
    assert text == other.format("duration")
    with closing(sqlite3.connect(paths["music"])) as data:
        assert data.execute(sql).fetchall() == [("Johnny",)]


def test_a_key_need_not_be_said(indexes: dict[str, SchemaIndex], today: date) -> None:
    found = carried("How many animals?", "SELECT count(DISTINCT animal_id) FROM animal", indexes, today)

    assert {text for text, _ in found} == {"How many singers", "How many songs"}
    assert all("_id" in sql for _, sql in found)


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_value_becomes_a_stored_one_and_keeps_its_quotes(
    quote: str, indexes: dict[str, SchemaIndex], today: date
) -> None:
    found = carried(
        f"What is the weight of animals whose food is {quote}meat{quote}?",
        "SELECT weight FROM animal WHERE food = 'meat'",
        indexes,
        today,
    )

    assert (
        f"What is the duration of songs whose genre is {quote}folk{quote}",
        "SELECT duration FROM song WHERE genre = 'folk'",
    ) in found
    assert all(f"'{text.split()[-1].strip(chr(34))}'" in sql for text, sql in found)


@pytest.mark.parametrize(
    ("question", "sql", "to"),
    [
        ("What is the average weight?", "SELECT avg(weight) FROM animal", "music"),
        ("How heavy are all animals?", "SELECT avg(weight) FROM animal", "music"),
        ("weight and again weight of animals", "SELECT weight FROM animal", "music"),
        ("names: what are animals called by name?", "SELECT animal_name FROM animal", "music"),
        ("weight of animals whose food is green", "SELECT weight FROM animal WHERE food = 'hay'", "music"),
        ("When were animals born?", "SELECT born FROM animal", "music"),
        (
            "weight of animals by wage of keepers and minute of visits",
            f"SELECT weight, wage, minute FROM {OF_BOTH} JOIN visit ON visit.animal_id = animal.animal_id",
            "music",
        ),
        ("wage of keepers and minute of visits", "SELECT wage FROM keeper UNION SELECT minute FROM visit", "music"),
        ("wage of keepers, weight of animals", f"SELECT wage, weight FROM {OF_BOTH}", "islands"),
        ("food of animals", "SELECT food FROM animal", "islands"),
    ],
    ids=[
        "table unsaid",
        "column unsaid",
        "column said twice",
        "name said twice",
        "value unsaid",
        "no date there",
        "three tables",
        "no parent and child",
        "no pair there",
        "no text there",
    ],
)
def test_what_cannot_be_carried_over_is_left(
    question: str, sql: str, to: str, indexes: dict[str, SchemaIndex], today: date
) -> None:
    assert not carried(question, sql, indexes, today, to=to)


def test_equal_seeds_ask_equal_questions(catalogs: dict[str, Catalog], indexes: dict[str, SchemaIndex]) -> None:
    corpus = corpus_of(catalogs, indexes)
    first, second = (
        texts(transferred_examples(corpus, corpus.samples, rounds=3, random=np.random.default_rng(7))) for _ in "12"
    )

    assert first
    assert first == second


def test_each_sample_is_asked_of_another_database_once_a_round(
    catalogs: dict[str, Catalog], indexes: dict[str, SchemaIndex]
) -> None:
    corpus = corpus_of(catalogs, indexes)
    found = list(transferred_examples(corpus, corpus.samples, rounds=2, random=np.random.default_rng(7)))
    own = {sample.asked.id: sample.asked.database for sample in corpus.samples}

    assert all(each.database != own[each.question_id] for each in found)
    assert Counter(each.question_id for each in found) == dict.fromkeys(own, 2)


def test_samples_go_only_where_others_of_them_come_from(
    catalogs: dict[str, Catalog], indexes: dict[str, SchemaIndex]
) -> None:
    corpus = corpus_of(catalogs, indexes)

    assert not list(transferred_examples(corpus, corpus.samples[:1], rounds=3, random=np.random.default_rng(7)))


def corpus_of(catalogs: dict[str, Catalog], indexes: dict[str, SchemaIndex]) -> Corpus:
    """A question about each database."""
    questions = {
        "zoo": ("average weight of animals", "SELECT avg(weight) FROM animal"),
        "music": ("largest duration of songs", "SELECT max(duration) FROM song"),
        "islands": ("height of islands", "SELECT height FROM island"),
    }
    return Corpus(tuple(sample(name, *asked, indexes[name]) for name, asked in questions.items()), catalogs, Counter())


def sample(database: str, question: str, sql: str, index: SchemaIndex) -> Sample:
    """A sample whose question is called as its database."""
    asked = Asked(database, database, question)
    symbols = gold_symbols(sql, index, JoinTrees(index.tables, index.graph))
    return Sample(asked, sql, symbols, example(asked, symbols, index=index, today=date(2025, 1, 1)))


def texts(found: Iterable[Example]) -> list[str]:
    """The words of the questions, and their SQL."""
    return [" ".join(word.text for word in each.nodes.words) + sql_of(each) for each in found]
