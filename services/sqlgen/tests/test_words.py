"""Tokens and lemmas."""

import pytest

from rowcall_sqlgen.engine.words import lemma, plain_words, words


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("flights", "flight"),
        ("countries", "country"),
        ("classes", "class"),
        ("boxes", "box"),
        ("courses", "course"),
        ("people", "person"),
        ("status", "status"),
        ("series", "series"),
        ("gas", "gas"),
        ("buses", "bus"),
        ("analysis", "analysis"),
    ],
)
def test_nouns_are_brought_to_the_singular(plural: str, singular: str) -> None:
    assert lemma(plural) == singular


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the airline's name", ["the", "airline", "name"]),
        ("students' ages", ["students", "ages"]),
        ("They don't fly", ["they", "do", "not", "fly"]),
        ("They cannot fly", ["they", "can", "not", "fly"]),
        ("more than 1,234.5 miles", ["more", "than", "1,234.5", "miles"]),
        ("on 2013-05-01?", ["on", "2013-05-01"]),
        ("price >= 10, or not", ["price", ">=", "10", ",", "or", "not"]),
        ("EMB-145XR planes", ["emb", "145xr", "planes"]),
        ("Which ones? Give names.", ["which", "ones", "?", "give", "names"]),
        ("", []),
    ],
)
def test_questions_are_cut_into_words(text: str, expected: list[str]) -> None:
    assert [word.lower for word in words(text)] == expected


def test_quoted_text_stays_whole_and_keeps_its_case() -> None:
    [name, _, quoted] = words('name is "San Diego\'s Pier"')
    assert name.quoted is False
    assert quoted.quoted is True
    assert quoted.text == "San Diego's Pier"


def test_values_are_cut_like_questions_whatever_quotes_they_contain() -> None:
    assert plain_words('O"Hare `Intl`') == ("o", "hare", "intl")
