"""Names of tables and columns as words."""

import pytest

from rowcall_sqlgen.engine.identifiers import identifier_words, spelled_words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sched_dep_time", ("scheduled", "departure", "time")),
        ("InvoiceLine", ("invoice", "line")),
        ("HTTPStatusCode", ("http", "status", "code")),
        ("tailnum", ("tail", "number")),
        ("petid", ("pet", "id")),
        ("stu_fname", ("student", "first", "name")),
        ("CustID", ("customer", "id")),
        ("update", ("update",)),
        ("paid", ("paid",)),
        ("address2", ("address", "2")),
        ("Größe", ("größe",)),
    ],
)
def test_names_are_spelled_out(name: str, expected: tuple[str, ...]) -> None:
    assert spelled_words(name) == expected


def test_written_words_keep_their_abbreviations() -> None:
    assert identifier_words("sched_dep_times") == ("sched", "dep", "time")
