"""Endpoint secrets between bytes and text."""

import base64
import secrets
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.webhook_secrets import InvalidSecret, format_secret, new_secret, parse_secret

KEY = bytes(range(24))
TEXT = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

keys = st.binary(min_size=24, max_size=64)


@given(keys)
def test_a_key_survives_the_round_trip(key: bytes) -> None:
    assert parse_secret(format_secret(key)) == key


@given(keys)
def test_a_secret_without_padding_is_read_too(key: bytes) -> None:
    assert parse_secret(format_secret(key).rstrip("=")) == key


def test_the_text_is_the_prefix_and_standard_base64() -> None:
    assert format_secret(KEY) == TEXT


def test_a_new_secret_holds_32_bytes_of_the_source() -> None:
    assert parse_secret(new_secret(lambda n: b"\x07" * n)) == b"\x07" * 32


def test_new_secrets_differ() -> None:
    assert new_secret(secrets.token_bytes) != new_secret(secrets.token_bytes)


@pytest.mark.parametrize("length", [0, 1, 18, 23, 65])
def test_a_key_outside_24_to_64_bytes_is_refused_in_both_directions(length: int) -> None:
    key = b"\xff" * length
    with pytest.raises(InvalidSecret):
        format_secret(key)
    with pytest.raises(InvalidSecret):
        parse_secret("whsec_" + base64.b64encode(key).decode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        "WHSEC_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
        " " + TEXT,
        TEXT + "\n",
        TEXT + "===",
        TEXT + "A",  # one character of a group of four: six bits, no byte
        "whsec_AAECAwQFBgcICQoLDA0ODxAR-hMUFRY_",
        "whsec_AAECAwQFBgcI!QoLDA0ODxAREhMUFRYX",
        "whsec_AAECAwQF=gcICQoLDA0ODxAREhMUFRYX",
        "whsec_ÄAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
    ],
)
def test_what_is_no_secret_is_refused_and_never_shown(text: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        parse_secret(text)
    assert "AECAwQF" not in "".join(traceback.format_exception(caught.value))
