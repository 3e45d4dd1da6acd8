"""Which network addresses Rowcall may dial on a customer's behalf: the pure rule for databases and webhooks.

`ipaddress.is_global` is not used: on every Python version it passes NAT64-wrapped metadata addresses, and it knows no
cloud provider's public ones. IPv4 has an explicit deny list (IANA IPv4 Special-Purpose Address Registry, RFC 6890, plus
the metadata addresses); IPv6 is allowed only inside 2000::/3, the global unicast space that IANA hands out, minus the
special blocks in it.
"""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_IPV4_REFUSED: tuple[tuple[IPv4Network, str], ...] = (
    (IPv4Network("0.0.0.0/8"), "this-network"),
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("100.64.0.0/10"), "carrier-grade-nat"),  # also Alibaba Cloud's metadata, 100.100.100.200
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("168.63.129.16/32"), "metadata"),  # Azure WireServer, inside public space
    (IPv4Network("169.254.0.0/16"), "link-local"),  # also the metadata of AWS, GCP and Azure, 169.254.169.254
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.0.0.0/24"), "protocol-assignment"),  # also Oracle Cloud's metadata, 192.0.0.192
    (IPv4Network("192.0.2.0/24"), "documentation"),
    (IPv4Network("192.88.99.0/24"), "6to4"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv4Network("198.18.0.0/15"), "benchmark"),
    (IPv4Network("198.51.100.0/24"), "documentation"),
    (IPv4Network("203.0.113.0/24"), "documentation"),
    (IPv4Network("224.0.0.0/4"), "multicast"),
    (IPv4Network("240.0.0.0/4"), "reserved"),  # also the limited broadcast, 255.255.255.255
)

_IPV6_GLOBAL = IPv6Network("2000::/3")

# Named reasons come first; whatever else lies outside 2000::/3 is "not-global".
_IPV6_REFUSED: tuple[tuple[IPv6Network, str], ...] = (
    (IPv6Network("::/128"), "unspecified"),
    (IPv6Network("::1/128"), "loopback"),
    (IPv6Network("::/96"), "ipv4-compatible"),  # deprecated by RFC 4291; old stacks still dial the IPv4 address
    (IPv6Network("64:ff9b:1::/48"), "nat64"),  # RFC 8215: local-use translation, meant for private destinations
    (IPv6Network("2001::/23"), "protocol-assignment"),  # Teredo, benchmarking, ORCHID, ... (RFC 2928)
    (IPv6Network("2001:db8::/32"), "documentation"),
    (IPv6Network("2002::/16"), "6to4"),  # deprecated by RFC 7526
    (IPv6Network("3fff::/20"), "documentation"),
    (IPv6Network("fc00::/7"), "private"),  # also AWS's metadata over IPv6, fd00:ec2::254
    (IPv6Network("fe80::/10"), "link-local"),
    (IPv6Network("fec0::/10"), "site-local"),
    (IPv6Network("ff00::/8"), "multicast"),
)

_NAT64 = IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFFFFFF


def refused_reason(address: Address, *, allowed: Sequence[Network] = ()) -> str | None:
    """Returns why `address` may not be dialled, or `None` when it may.

    An address inside one of the `allowed` networks is permitted whatever it is. IPv4 wrapped in IPv6 so that the host
    or its NAT64 gateway (RFC 6052) dials the IPv4 address is judged as that address, by `allowed` too.
    """
    dialled = _dialled(address)
    if _inside(address, allowed) or _inside(dialled, allowed):
        return None
    return _ipv4_reason(dialled) if isinstance(dialled, IPv4Address) else _ipv6_reason(dialled)


def _dialled(address: Address) -> Address:
    """Returns the address that packets for `address` end up at."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & _LOW_32_BITS)
    return address


def _ipv4_reason(address: IPv4Address) -> str | None:
    return next((reason for network, reason in _IPV4_REFUSED if address in network), None)


def _ipv6_reason(address: IPv6Address) -> str | None:
    named = next((reason for network, reason in _IPV6_REFUSED if address in network), None)
    return named or (None if address in _IPV6_GLOBAL else "not-global")


def _inside(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
