"""What people say and no column is called, on a small office: each question once went wrong in a database like it."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from rowcall_sqlgen.builtin.answering import Answering
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from services.sqlgen.tests.script_database import introspected, made_by

TODAY = date(2025, 6, 16)
Row = tuple[object, ...]

OFFICE = """
CREATE TABLE staff (
    id INTEGER PRIMARY KEY, first_name VARCHAR(20), last_name VARCHAR(20), sex VARCHAR(1), age INTEGER,
    rank VARCHAR(20), building VARCHAR(20)
);
CREATE TABLE students (student_id INTEGER PRIMARY KEY, FName VARCHAR(20), LName VARCHAR(20), Advisor INTEGER);
CREATE TABLE films (id INTEGER PRIMARY KEY, title VARCHAR(20), directed_by VARCHAR(20));
CREATE TABLE captains (id INTEGER PRIMARY KEY, name VARCHAR(20), age VARCHAR(10), class VARCHAR(10));
CREATE TABLE allergy_type (allergy VARCHAR(20) PRIMARY KEY, allergytype VARCHAR(20));
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, status VARCHAR(10), priority INTEGER, date_reported DATE, date_closed DATE
);
CREATE TABLE projects (id INTEGER PRIMARY KEY, money_requested INTEGER, college VARCHAR(20));
CREATE TABLE shipments (
    id INTEGER PRIMARY KEY, ticket_id INTEGER, shipment_date DATE, FOREIGN KEY (ticket_id) REFERENCES tickets (id)
);
CREATE TABLE pupils (LastName VARCHAR(20), FirstName VARCHAR(20), Classroom INTEGER, PRIMARY KEY (LastName, FirstName));
CREATE TABLE teachers (
    LastName VARCHAR(20), FirstName VARCHAR(20), Classroom INTEGER, PRIMARY KEY (LastName, FirstName)
);
CREATE TABLE apartments (
    apt_id INTEGER PRIMARY KEY, apt_number VARCHAR(5), apt_type_code VARCHAR(9), bathroom_count INTEGER
);
INSERT INTO apartments VALUES
    (1, '1A', 'Flat', 1), (2, '2B', 'Studio', 2), (3, '3C', 'Flat', 3), (4, '4D', 'Duplex', 3);
CREATE TABLE suppliers (id INTEGER PRIMARY KEY, name VARCHAR(20), phone VARCHAR(20), licence VARCHAR(3));
INSERT INTO suppliers VALUES
    (1, 'Kay', '555-1', 'Yes'), (2, 'Leo', '555-2', 'No'), (3, 'Mia', '555-2', 'Yes'), (4, 'Noa', '555-4', 'No');
INSERT INTO teachers VALUES
    ('Lim', 'Eva', 101), ('Moe', 'Fay', 102), ('Ng', 'Gus', 103), ('Orr', 'Hal', 104), ('Pym', 'Ivy', 105);
INSERT INTO pupils VALUES
    ('One', 'Kit', 101), ('Two', 'Liv', 101), ('Tre', 'Max', 102), ('Fur', 'Ned', 103), ('Fiv', 'Oli', 104),
    ('Six', 'Pat', 105);
INSERT INTO staff VALUES
    (1101, 'Ada', 'Ash', 'F', 30, 'Instructor', 'North'), (1202, 'Bob', 'Bay', 'M', 40, 'Professor', 'North'),
    (1303, 'Cid', 'Cox', 'M', 50, 'Instructor', 'South'), (1404, 'Dee', 'Day', 'F', 60, 'Professor', 'South'),
    (1505, 'Eve', 'Elm', 'F', 30, 'Professor', 'South');
INSERT INTO students VALUES
    (1, 'Xia', 'Xu', 1202), (2, 'Yan', 'Yu', 1404), (3, 'Zoe', 'Zan', 1404), (4, 'Wim', 'Woo', 1404);
INSERT INTO films VALUES (1, 'One', 'Lee'), (2, 'Two', 'Lee'), (3, 'Three', 'Ray');
INSERT INTO captains VALUES (1, 'Foo', '40', 'Ketch'), (2, 'Bar', '60', 'Ketch'), (3, 'Baz', '45', 'Sloop');
INSERT INTO allergy_type VALUES ('milk', 'food'), ('eggs', 'food'), ('cats', 'animal'), ('nuts', 'food');
INSERT INTO tickets VALUES
    (1, 'Closed', 1, '2024-01-05', '2024-02-01'), (2, 'Reported', 2, '2024-03-05', NULL),
    (3, 'Closed', 3, '2024-04-05', '2024-05-01');
INSERT INTO projects VALUES (1, 100, 'A'), (2, 300, 'B');
INSERT INTO shipments VALUES (1, 1, '2024-06-01'), (2, 2, '2024-01-01');
"""

QUESTIONS: list[tuple[str, list[Row]]] = [
    ("What are the different allergy types?", [("animal",), ("food",)]),
    ("Show all allergy types.", [("animal",), ("food",)]),
    ("How many different allergy types exist?", [(2,)]),
    ("What are all the buildings with staff?", [("North",), ("South",)]),
    ("Show the average age for male and female staff.", [("F", 40.0), ("M", 45.0)]),
    ("Show the average age for male or female staff.", [(42.0,)]),
    ("What are the first names of all the instructors?", [("Ada",), ("Cid",)]),
    ("What are the ids of the tickets which were reported after 2024-02-01?", [(2,), (3,)]),
    ("Find the ids of tickets which are shipped after 2024-02-01.", [(1,)]),
    ("What is the total priority number of all tickets?", [(6,)]),
    ("What is the average money requested by all projects?", [(200.0,)]),
    ("Show the average and minimum age of staff in each building.", [("North", 35.0, 30), ("South", 140 / 3, 30)]),
    ("How many female professors are there?", [(2,)]),
    ("Who is the advisor of Xia Xu?", [("Bob", "Bay")]),
    ("Sort the ids of all projects in descending order of money requested.", [(2,), (1,)]),
    ("Sort the colleges of all projects in descending alphabetical order.", [("B",), ("A",)]),
    ("List the ids of tickets by date reported from the most recent to the oldest.", [(3,), (2,), (1,)]),
    ("List the ids of the tickets by priority from lowest to highest.", [(1,), (2,), (3,)]),
    ("What is the college of the project with the maximum money requested?", [("B",)]),
    ("Show the title and id information of films.", [("One", 1), ("Two", 2), ("Three", 3)]),
    ("List the phone numbers of all suppliers.", [("555-1",), ("555-2",), ("555-2",), ("555-4",)]),
    ("How many suppliers do not have a licence?", [(2,)]),
    ("Return the apartment numbers of the apartments with type code 'Flat'.", [("1A",), ("3C",)]),
    ("Give the apartment numbers of apartments with more than 2 bathrooms.", [("3C",), ("4D",)]),
    ("What is the total number of bathrooms?", [(9,)]),
    ("What is the ticket with the lowest priority? Return the status and the priority.", [("Closed", 1)]),
    ("What are the full names of the staff in the building 'North'?", [("Ada", "Ash"), ("Bob", "Bay")]),
    ("What are the names of suppliers without a licence?", [("Leo",), ("Noa",)]),
    ("What is the name of the advisor of Zoe Zan?", [("Dee", "Day")]),
    ("How many professors are in building South?", [(2,)]),
    ("What are the last names of the students?", [("Xu",), ("Yu",), ("Zan",), ("Woo",)]),
    ("Show the title and director of all films.", [("One", "Lee"), ("Two", "Lee"), ("Three", "Ray")]),
    ("How many captains younger than 50 are in each class?", [("Ketch", 1), ("Sloop", 1)]),
    ("What are the staff id and the number of students each staff has?", [(1202, 1), (1404, 3)]),
    ("Find the first names of staff whose first name starts with the letter a.", [("Ada",)]),
    ("Show the first names of staff whose last name has letter 'y' in it.", [("Bob",), ("Dee",)]),
    ("Show the titles of films that have 'ne' in their title.", [("One",)]),
    (
        "What is the ratio of staff in the building South to staff in the building North?",
        [(1.5,)],
    ),
    ("How many pupils does Eva Lim teach?", [(2,)]),
    ("What are the last names of the pupils in room 101?", [("One",), ("Two",)]),
    ("Report the number of pupils in each classroom.", [(101, 2), (102, 1), (103, 1), (104, 1), (105, 1)]),
    ("List the distinct statuses of tickets sorted by priority.", [("Closed", 1), ("Reported", 2), ("Closed", 3)]),
    ("List each first name and the age of staff.", [("Ada", 30), ("Bob", 40), ("Cid", 50), ("Dee", 60), ("Eve", 30)]),
]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_by(OFFICE, tmp_path_factory.mktemp("office") / "office.sqlite")


@pytest.fixture(scope="module")
def office_index(office: Path) -> SchemaIndex:
    return build_index(introspected(office))


@pytest.mark.parametrize(("question", "rows"), QUESTIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_best_candidate_gives_the_rows(
    question: str, rows: list[Row], answering: Answering, office_index: SchemaIndex, office: Path
) -> None:
    best = answering.answer(question, office_index, TODAY).candidates[0]
    connection = sqlite3.connect(office)
    try:
        found = connection.execute(best.sql).fetchall()
    finally:
        connection.close()
    assert sorted(map(_plain, found)) == sorted(map(_plain, rows)), best.sql


def _plain(row: Row) -> tuple[str, ...]:
    """The values, whatever their order in the row."""
    return tuple(sorted(str(value) for value in row))
