"""Signatures against published vectors and the official library."""

import base64
import json
import time
from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from rowcall_contracts.webhook_secrets import InvalidSecret, format_secret
from rowcall_webhooks.signing import sign, signature_headers

KEY = bytes(range(32))
OTHER_KEY = bytes(range(32, 64))


class VectorInput(TypedDict):
    key: str
    webhook_id: str
    timestamp: int
    body_hex: str


class Vector(TypedDict):
    id: str
    input: VectorInput
    expected: str
    source: str


VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors" / "signatures.json").read_text())

bodies = st.text().map(str.encode)
ids = st.from_regex(r"[A-Za-z0-9_-]{1,128}", fullmatch=True)


def now() -> int:
    return int(time.time())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_published_vector_is_reproduced(vector: Vector) -> None:
    given_ = vector["input"]
    signature = sign(
        base64.b64decode(given_["key"]),
        webhook_id=given_["webhook_id"],
        timestamp=given_["timestamp"],
        body=bytes.fromhex(given_["body_hex"]),
    )
    assert signature == vector["expected"]


@given(key=st.binary(min_size=24, max_size=64), webhook_id=ids, body=bodies)
def test_the_official_library_accepts_every_signature(key: bytes, webhook_id: str, body: bytes) -> None:
    secret = format_secret(key)
    headers = signature_headers([secret], webhook_id=webhook_id, timestamp=now(), body=body)
    Webhook(secret).verify(body, headers, json_parse=False)


@given(body=bodies, other=bodies)
def test_the_official_library_refuses_another_body(body: bytes, other: bytes) -> None:
    secret = format_secret(KEY)
    headers = signature_headers([secret], webhook_id="evt_1", timestamp=now(), body=body)
    if body != other:
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(other, headers, json_parse=False)


@pytest.mark.parametrize("held", [KEY, OTHER_KEY], ids=["new", "old"])
def test_during_a_rotation_holders_of_either_secret_accept(held: bytes) -> None:
    secrets = [format_secret(KEY), format_secret(OTHER_KEY)]
    headers = signature_headers(secrets, webhook_id="evt_1", timestamp=now(), body=b"{}")
    Webhook(format_secret(held)).verify(b"{}", headers)


def test_the_newest_secret_signs_first() -> None:
    secrets = [format_secret(KEY), format_secret(OTHER_KEY)]
    headers = signature_headers(secrets, webhook_id="evt_1", timestamp=1_700_000_000, body=b"{}")
    assert headers == {
        "webhook-id": "evt_1",
        "webhook-timestamp": "1700000000",
        "webhook-signature": " ".join(
            sign(key, webhook_id="evt_1", timestamp=1_700_000_000, body=b"{}") for key in (KEY, OTHER_KEY)
        ),
    }


@pytest.mark.parametrize("webhook_id", ["", "evt.1", "evt 1", "evt_1\r\nx: y", "evt_1\n", "é", "e" * 129])
def test_an_id_that_could_forge_a_message_or_a_header_is_refused(webhook_id: str) -> None:
    with pytest.raises(ValueError, match="A webhook id is"):
        sign(KEY, webhook_id=webhook_id, timestamp=1, body=b"")


def test_without_a_secret_nothing_is_signed() -> None:
    with pytest.raises(ValueError, match="at least one secret"):
        signature_headers([], webhook_id="evt_1", timestamp=1, body=b"")


def test_a_secret_below_the_specifications_minimum_is_not_signed_with() -> None:
    with pytest.raises(InvalidSecret):
        signature_headers(["whsec_plJ3nmyCDGBKInavdOK15jsl"], webhook_id="evt_1", timestamp=1, body=b"")
