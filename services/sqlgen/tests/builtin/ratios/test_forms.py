"""Where in a question the parts of a ratio stand."""

import pytest

from rowcall_sqlgen.builtin.ratios.forms import Form, Words, forms
from rowcall_sqlgen.engine.meaning import Arithmetic
from rowcall_sqlgen.engine.words import words


def _first(question: str) -> Form:
    return next(forms(words(question)))


def _said(part: Words) -> str:
    return " ".join(word.text for word in part)


@pytest.mark.parametrize(
    ("question", "first", "second", "each"),
    [
        ("What is the ratio of shops to malls?", "shops", "malls", ""),
        ("Calculate the ratio between shops and malls", "shops", "malls", ""),
        ("What's the ratio of open shops out of all shops in Rome?", "open shops", "shops in Rome", ""),
        ("How does the ratio of A shops to B shops vary across different towns?", "A shops", "B shops", "towns"),
        ("For each town, what is the ratio of shops to malls?", "shops", "malls", "town"),
        ("ratio of shops to malls per town", "shops", "malls", "town"),
        ("Which town has the highest ratio of shops to malls?", "shops", "malls", "town"),
        ("What percentage of the shops are open?", "the shops are open", "", ""),
        ("What is the share of open shops for each town?", "open shops", "", "town"),
        ("Show the shop to mall ratio for each town", "shop", "mall", "town"),
        (
            "difference between the number of shops and the number of malls",
            "the number of shops",
            "the number of malls",
            "",
        ),
        ("How many more shops than malls are there?", "shops", "malls are there", ""),
    ],
)
def test_parts_and_groups_are_found(question: str, first: str, second: str, each: str) -> None:
    form = _first(question)

    assert (_said(form.first), _said(form.second), _said(form.each)) == (first, second, each)


@pytest.mark.parametrize(
    ("question", "arithmetic"),
    [
        ("What percent of shops are open?", Arithmetic.PERCENTAGE),
        ("What is the proportion of open shops?", Arithmetic.RATIO),
        ("How many more shops than malls are there?", Arithmetic.DIFFERENCE),
    ],
)
def test_the_word_says_what_is_calculated(question: str, arithmetic: Arithmetic) -> None:
    assert _first(question).arithmetic is arithmetic


@pytest.mark.parametrize(
    ("end", "highest"),
    [
        ("", None),
        (", ordered by descending ratio", True),
        (" sorted by the ratio in ascending order", False),
        (" ordered from highest to lowest", True),
        (" sorted by ratio from lowest to highest", False),
    ],
)
def test_the_order_is_taken_off_the_end(end: str, highest: bool | None) -> None:
    form = _first(f"What is the ratio of shops to malls for each town{end}")

    assert (form.highest, _said(form.each)) == (highest, "town")


def test_a_superlative_asks_for_the_extreme_one_alone() -> None:
    form = _first("Which town has the lowest share of open shops?")

    assert (form.highest, form.only_first) == (False, True)


@pytest.mark.parametrize(
    ("sentence", "is_read", "shows_parts"),
    [
        ("Show all towns.", True, False),
        ("Return the number of shops and malls as well.", True, True),
        ("Match names case insensitively", True, False),
        ("Leave out those in Rome.", False, False),
    ],
)
def test_a_second_sentence_is_read_or_the_question_is_not(sentence: str, is_read: bool, shows_parts: bool) -> None:
    found = list(forms(words(f"How does the ratio of shops to malls vary by towns? {sentence}")))

    assert bool(found) is is_read
    assert all(form.shows_parts is shows_parts for form in found)


@pytest.mark.parametrize(
    "question", ["How many shops are there?", "Show the ratio", "more than 5 shops", "", "share prices"]
)
def test_other_questions_have_no_parts(question: str) -> None:
    assert list(forms(words(question))) == []
