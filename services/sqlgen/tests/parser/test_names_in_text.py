"""Names of columns and tables in the words of a question."""

import pytest

from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.words import words
from tools.training.names_in_text import joined, own_words, quoted, span, spoken


@pytest.mark.parametrize(
    ("ref", "own"),
    [
        (ColumnRef("Student", "stu_lname"), ("last", "name")),
        (ColumnRef("Student", "age"), ("age",)),
        (ColumnRef("island", "island"), ("island",)),
    ],
)
def test_a_column_is_called_without_the_words_of_its_table(ref: ColumnRef, own: tuple[str, ...]) -> None:
    assert own_words(ref) == own


@pytest.mark.parametrize(
    ("text", "said", "found"),
    [
        ("all last names of students", ("last", "name"), (1, 3)),
        ("the countries", ("country",), (1, 2)),
        ("the country", ("countries",), (1, 2)),
        ("names and names", ("name",), None),
        ("names of students", ("age",), None),
        ("one two three four five", ("one", "two", "three", "four", "five"), None),
        ("the end of it", ("the", "end"), None),
        ("nothing", (), None),
    ],
)
def test_a_name_is_found_where_it_is_said_once_in_any_number(
    text: str, said: tuple[str, ...], found: tuple[int, int] | None
) -> None:
    assert span(words(text), said) == found


@pytest.mark.parametrize(
    ("name", "many"),
    [(("last", "name"), "last names"), (("country",), "countries"), (("bus",), "buses"), (("match",), "matches")],
)
def test_a_name_is_spoken_in_the_number_of_the_question(name: tuple[str, ...], many: str) -> None:
    assert spoken(name, plural=True) == many
    assert spoken(name, plural=False) == " ".join(name)


def test_words_that_were_quoted_are_quoted_again() -> None:
    assert joined([*words("songs called"), quoted("New York")]) == 'songs called "New York"'
    assert [word.text for word in words('songs called "New York"')] == ["songs", "called", "New York"]
