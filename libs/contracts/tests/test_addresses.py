"""The address rule against the corpus that public webhook senders were measured on, and its exceptions."""

from ipaddress import ip_address, ip_network

import pytest

from rowcall_contracts.addresses import refused_reason

REFUSED = [
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("::1", "loopback"),
    ("10.0.0.0", "private"),
    ("10.255.255.255", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.0.1", "private"),
    ("169.254.169.254", "link-local"),
    ("100.100.100.200", "carrier-grade-nat"),
    ("100.64.0.1", "carrier-grade-nat"),
    ("100.127.255.255", "carrier-grade-nat"),
    ("168.63.129.16", "metadata"),
    ("192.0.0.192", "protocol-assignment"),
    ("0.0.0.0", "this-network"),
    ("0.1.2.3", "this-network"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "reserved"),
    ("198.18.0.1", "benchmark"),
    ("198.19.255.255", "benchmark"),
    ("192.88.99.1", "6to4"),
    ("192.0.2.1", "documentation"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("239.1.2.3", "multicast"),
    ("ff0e::1", "multicast"),
    ("::", "unspecified"),
    ("::ffff:169.254.169.254", "link-local"),
    ("::ffff:127.0.0.1", "loopback"),
    ("::ffff:a00:1", "private"),
    ("::127.0.0.1", "ipv4-compatible"),
    ("::7f00:1", "ipv4-compatible"),
    ("::ffff:0:127.0.0.1", "not-global"),  # IPv4-translated (RFC 2765)
    ("64:ff9b::a9fe:a9fe", "link-local"),
    ("64:ff9b::a00:1", "private"),
    ("64:ff9b::a83f:8110", "metadata"),
    ("64:ff9b:1::a00:1", "nat64"),
    ("2002:a9fe:a9fe::1", "6to4"),
    ("2002:808:808::1", "6to4"),
    ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol-assignment"),
    ("2001:2::1", "protocol-assignment"),
    ("2001:20::1", "protocol-assignment"),
    ("2001:db8::1", "documentation"),
    ("3fff::1", "documentation"),
    ("5f00::1", "not-global"),
    ("100::1", "not-global"),
    ("fd00:ec2::254", "private"),
    ("fc00::1", "private"),
    ("fe80::1", "link-local"),
    ("fe80::1%lo", "link-local"),
    ("::1%lo", "loopback"),
    ("fec0::1", "site-local"),
]

PERMITTED = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "168.63.129.15",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]


@pytest.mark.parametrize(("text", "reason"), REFUSED)
def test_an_address_that_is_not_public_is_refused_with_its_reason(text: str, reason: str) -> None:
    assert refused_reason(ip_address(text)) == reason


@pytest.mark.parametrize("text", PERMITTED)
def test_a_public_address_is_permitted(text: str) -> None:
    assert refused_reason(ip_address(text)) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("::ffff:127.0.0.1", "127.0.0.0/8"),
        ("64:ff9b::a00:1", "10.0.0.0/8"),
        ("64:ff9b::a00:1", "64:ff9b::/96"),
        ("::1", "::1/128"),
        ("fd12::5", "fd12::/16"),
    ],
)
def test_an_address_inside_an_allowed_network_is_permitted(text: str, network: str) -> None:
    assert refused_reason(ip_address(text), allowed=[ip_network(network)]) is None


@pytest.mark.parametrize(
    ("text", "network"),
    [("127.0.0.1", "10.0.0.0/8"), ("::1", "0.0.0.0/0"), ("127.0.0.1", "::/0"), ("2002:7f00:1::", "127.0.0.0/8")],
)
def test_an_allowed_network_opens_nothing_outside_itself(text: str, network: str) -> None:
    assert refused_reason(ip_address(text), allowed=[ip_network(network)]) is not None
