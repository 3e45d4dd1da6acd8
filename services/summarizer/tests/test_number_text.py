import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_summarizer.number_text import number_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (336_776, "336,776"),
        (0, "0"),
        (-0.0, "0"),
        (-1234, "-1,234"),
        (6.895376757, "6.9"),
        (6.0, "6"),
        (1234.567, "1,234.57"),
        (-5.555, "-5.56"),
        (0.123456, "0.123"),
        (0.00012345, "0.000123"),
        (0.99999, "1"),
        (0.1, "0.1"),
        (1e-9, "1.000e-9"),
        (1.5e300, "1.500e+300"),
        ("9007199254740993", "9,007,199,254,740,993"),
        ("12.50", "12.5"),
        ("1" + "0" * 5000, "1.000e+5000"),
        ("0." + "3" * 400, "0.333"),
        ("123456789.123456789012345678901234567890", "123,456,789.12"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("twelve", "twelve"),
    ],
)
def test_numbers_read_the_same_everywhere(value: float | str, text: str) -> None:
    assert number_text(value) == text


@given(st.integers(min_value=-(10**20), max_value=10**20))
def test_integers_keep_every_digit(value: int) -> None:
    assert int(number_text(value).replace(",", "")) == value


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_a_number_is_off_by_less_than_a_hundredth_of_itself(value: float) -> None:
    assert float(number_text(value).replace(",", "")) == pytest.approx(value, rel=0.01)
