"""Values of drivers as JSON cells."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rowcall_databases.cells import cell_bytes, iso_timestamp, to_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, None),
        (True, True),
        (0, 0),
        (2**53 - 1, 2**53 - 1),
        (2**53, "9007199254740992"),
        (-(2**53), "-9007199254740992"),
        (1.5, 1.5),
        (float("nan"), "NaN"),
        (float("inf"), "Infinity"),
        (float("-inf"), "-Infinity"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), "NaN"),
        (Decimal("-Infinity"), "-Infinity"),
        ("text", "text"),
        (b"\x00\xff", "AP8="),
        (memoryview(b"a"), "YQ=="),
        (date(2024, 2, 29), "2024-02-29"),
        (datetime(2024, 2, 29, 1, 2, 3, tzinfo=UTC), "2024-02-29T01:02:03+00:00"),
        (time(1, 2, 3), "01:02:03"),
        ([1, [Decimal("0.1"), None]], '[1, ["0.1", null]]'),
        ({"a": b"x", 1: float("nan")}, '{"a": "eA==", "1": "NaN"}'),
        ([timedelta(minutes=1)], "[60.0]"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_becomes_its_cell(value: object, cell: object) -> None:
    assert to_cell(value) == cell


@settings(deadline=None)  # the machine may be busy
@given(st.one_of(st.floats(), st.integers(), st.decimals(), st.binary(), st.text(), st.lists(st.floats())))
def test_every_cell_is_json(value: object) -> None:
    assert json.loads(json.dumps(to_cell(value), allow_nan=False)) == to_cell(value)


@settings(deadline=None)
@given(st.text())
def test_the_size_of_a_cell_is_at_least_that_of_its_text(text: str) -> None:
    assert cell_bytes(text) >= len(text.encode("utf-8", "replace"))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05"),
        ("2024-01-02 03:04:05.5+00", "2024-01-02T03:04:05.5+00:00"),
        ("2024-01-02 03:04:05-03:30", "2024-01-02T03:04:05-03:30"),
        ("2024-01-02", "2024-01-02"),
        ("infinity", "infinity"),
        ("0044-03-15 12:00:00 BC", "0044-03-15T12:00:00 BC"),
    ],
)
def test_a_printed_timestamp_becomes_iso(text: str, iso: str) -> None:
    assert iso_timestamp(text) == iso
