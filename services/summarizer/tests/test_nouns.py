import pytest

from rowcall_summarizer.nouns import counted, plural, singular, spelled


@pytest.mark.parametrize(
    ("name", "question", "words"),
    [
        ("dep_delay", "Average departure delay per carrier", "departure delay"),
        ("dep_delay", "What is the delay?", "dep delay"),
        ("dest", "How many different destinations are there?", "destination"),
        ("temp", "average temperature", "temperature"),
        ("air_time", "average air time per airline", "air time"),
        ("name", "airports named Boston", "name"),
        ("day", "how many days", "day"),
        ("seats", "average number of seats", "seats"),
        ("depDelay", "", "dep delay"),
        ("price * quantity", "price", "price * quantity"),
    ],
)
def test_a_name_is_spelled_as_the_question_spells_it(name: str, question: str, words: str) -> None:
    assert spelled(name, question) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("flight", "flights"), ("company", "companies"), ("class", "classes"), ("box", "boxes"), ("day", "days")],
)
def test_regular_nouns_have_both_numbers(one: str, many: str) -> None:
    assert (plural(one), singular(many)) == (many, one)
    assert (counted(1, one), counted(2, one)) == (f"1 {one}", f"2 {many}")
