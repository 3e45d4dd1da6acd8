"""Numbers in digits and in words."""

import pytest

from rowcall_sqlgen.engine.numbers import read_number


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 planes", (5, 1)),
        ("1,000 seats", (1000, 1)),
        ("2.5 hours", (2.5, 1)),
        ("three", (3, 1)),
        ("twenty five", (25, 2)),
        ("two hundred", (200, 2)),
        ("3 million people", (3_000_000, 2)),
        ("twenty thousand", (20_000, 2)),
        ("planes", None),
        ("²", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_numbers_are_read_from_the_start(text: str, expected: tuple[float, int] | None) -> None:
    assert read_number(text.split()) == expected
