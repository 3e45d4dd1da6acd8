"""Which part of a question lists what to show."""

import pytest

from rowcall_sqlgen.builtin.returns.requests import requests
from rowcall_sqlgen.builtin.returns.sortings import read_sorting, sorting_start
from rowcall_sqlgen.engine.index import SchemaIndex
from rowcall_sqlgen.engine.words import Word, words


@pytest.mark.parametrize(
    ("question", "main", "elements"),
    [
        ("Who is late? Return their name, age and the town.", "Who is late", ["name", "age", "town"]),
        ("Who is late? Please give me the first and last name", "Who is late", ["first", "last name"]),
        ("who is late? return name along with age", "who is late", ["name", "age"]),
        (
            "Count who was late in 2023. Show the name as well as the age.",
            "Count who was late in 2023",
            ["name", "age"],
        ),
        ("The top 5 towns by age, showing the name and age", "The top 5 towns by age", ["name", "age"]),
        ("Common towns and their respective counts?", "Common towns", ["counts"]),
        (
            "Return customers (customer ID and name) who are late",
            "Return customers who are late",
            ["customer ID", "name"],
        ),
    ],
)
def test_the_list_is_cut_off(question: str, main: str, elements: list[str], shop_index: SchemaIndex) -> None:
    (found,) = requests(words(question), shop_index)

    assert _text(found.main) == main
    assert list(map(_text, found.elements)) == elements


@pytest.mark.parametrize(
    "question",
    [
        "Show the name and age of each customer.",
        "Which customers return orders?",
        "Which customers return to the list?",
        "How many orders are there? Note that orders are purchases.",
        "Who is late? Return the name. Do not include children.",
        "Return the customers' names and ages who are late",
        'Which order has the note "Return the name"?',
    ],
)
def test_other_questions_are_not_cut(question: str, shop_index: SchemaIndex) -> None:
    assert list(requests(words(question), shop_index)) == []


@pytest.mark.parametrize(
    ("said", "key", "descending"),
    [
        ("ordered by total sales from highest to lowest", "total sales", True),
        ("ordered from most to least sales", "", True),
        ("sorted by the name in ascending order", "name", False),
        ("sort by total duration with the longest duration first", "total duration", True),
        ("in descending order of age", "age", True),
        ("starting from the top", "", True),
        ("starting from the earliest date", "", False),
        ("ordered by name", "name", False),
    ],
)
def test_an_order_is_read(said: str, key: str, descending: bool) -> None:
    found = read_sorting(words(said))

    assert found is not None
    assert (_text(found.key), found.descending) == (key, descending)


@pytest.mark.parametrize("said", ["the order date", "name and order ID", "rank", "in the US"])
def test_a_name_is_no_order(said: str) -> None:
    assert sorting_start(words(said)) is None


def _text(said: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in said)
