"""Which URLs an endpoint may have."""

import json
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.webhook_urls import InvalidWebhookUrl, RefusedWebhookAddress, require_webhook_url

Verdict = Literal["accepted", "invalid", "refused"]


class Vector(TypedDict):
    id: str
    input: str
    expected: Verdict
    source: str


VECTORS: list[Vector] = json.loads((Path(__file__).parent / "vectors" / "webhook_urls.json").read_text())


def verdict(url: str, *allowed: str) -> Verdict:
    try:
        require_webhook_url(url, allowed=[ip_network(network) for network in allowed])
    except RefusedWebhookAddress:
        return "refused"
    except InvalidWebhookUrl:
        return "invalid"
    return "accepted"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_a_spelling_gets_its_verdict(vector: Vector) -> None:
    assert verdict(vector["input"]) == vector["expected"]


def test_an_accepted_url_is_returned_as_it_was() -> None:
    url = "HTTPS://Receiver.Example:8443/Hook?a=%20"
    assert require_webhook_url(url) == url


@pytest.mark.parametrize(
    ("url", "networks", "expected"),
    [
        ("http://127.0.0.1:9/", ["127.0.0.0/8"], "accepted"),
        ("http://[::1]:9/", ["::1/128"], "accepted"),
        ("http://[::1]:9/", ["127.0.0.0/8"], "refused"),
        ("http://localhost:9/", ["127.0.0.0/8"], "accepted"),
        ("http://localhost:9/", ["::1/128"], "accepted"),
        ("http://localhost:9/", ["10.0.0.0/8"], "refused"),
        ("http://10.1.2.3/", ["10.0.0.0/8"], "accepted"),
        ("http://10.1.2.3/", ["10.2.0.0/16"], "refused"),
        ("http://127.1/", ["127.0.0.0/8"], "invalid"),
    ],
)
def test_allowed_networks_open_their_addresses_and_nothing_else(
    url: str, networks: list[str], expected: Verdict
) -> None:
    assert verdict(url, *networks) == expected


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["expected"] == "invalid"], ids=lambda vector: vector["id"])
def test_a_refusal_says_how_to_mend_and_does_not_repeat_the_url(vector: Vector) -> None:
    with pytest.raises(InvalidWebhookUrl) as caught:
        require_webhook_url(vector["input"])
    assert len(str(caught.value)) > 20
    assert "secret" not in str(caught.value)
    assert len(vector["input"]) < 10 or vector["input"] not in str(caught.value)


def test_a_password_in_the_url_is_named_as_the_fault() -> None:
    with pytest.raises(InvalidWebhookUrl, match="no user name or password"):
        require_webhook_url("https://user:secret@receiver.example/")


@given(st.text(max_size=60).map("http://".__add__) | st.from_regex(r"https?://[0-9a-fx.:\[\]%@]{0,30}/?"))
def test_no_text_breaks_the_rule(url: str) -> None:
    assert verdict(url) in {"accepted", "invalid", "refused"}
