"""Which URLs an endpoint may have, judged by their text alone; where a name leads is judged when it is dialled.

URL parsers disagree about odd spellings, and each disagreement is a way around an address check (0x7f.0.0.1, 127.1,
circled digits, userinfo before the host). So the rule is narrow: what every parser reads alike passes, the rest is
refused with its cure.
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address

from rowcall_contracts.addresses import Address, Network, refused_reason

MAX_URL_LENGTH = 2_048

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<rest>[^#]*)(?P<fragment>#.*)?", re.ASCII
)
_AUTHORITY = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
_PRINTABLE = re.compile(r"[!-~]*", re.ASCII)
_AMBIGUOUS = re.compile(r'[\\"<>^`{|}]')
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_NUMERIC_ENDING = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)", re.ASCII)
_LOOPBACKS = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


class InvalidWebhookUrl(ValueError):
    """A text is not a URL that an endpoint may have; the message says why and how to mend it, without the URL."""


class RefusedWebhookAddress(InvalidWebhookUrl):
    """The URL names an address that may not be called."""


def require_webhook_url(url: str, *, allowed: Sequence[Network] = ()) -> str:
    """Returns the URL as it was given. `allowed` lists networks that may be called although they are not public.

    Raises:
        InvalidWebhookUrl: the URL is malformed, or spelled so that parsers may disagree about it.
        RefusedWebhookAddress: its host is an address, or a name of this machine, that may not be called.
    """
    _require_host(_require_authority(_require_form(url)), allowed)
    return url


def _require_form(url: str) -> str:
    """Returns the authority of a well-formed URL."""
    if len(url) > MAX_URL_LENGTH:
        raise InvalidWebhookUrl(f"A webhook URL has at most {MAX_URL_LENGTH:,} characters, not {len(url):,}.")
    if not _PRINTABLE.fullmatch(url):
        raise InvalidWebhookUrl("A webhook URL is printable ASCII; write names as `xn--…`, all else as `%XX`.")
    if _AMBIGUOUS.search(url):
        raise InvalidWebhookUrl("A webhook URL has no backslash, quote, bracket or brace; write them as `%XX`.")
    parts = _URL.fullmatch(url)
    if parts is None or parts["scheme"].lower() not in {"http", "https"}:
        raise InvalidWebhookUrl("A webhook URL starts with `https://` or `http://`.")
    if parts["fragment"] is not None:
        raise InvalidWebhookUrl("A webhook URL has no fragment (`#…`); it would never be sent.")
    return parts["authority"]


def _require_authority(authority: str) -> str:
    """Returns the host of an authority."""
    if "@" in authority:
        raise InvalidWebhookUrl("A webhook URL has no user name or password; receivers check the signature instead.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise InvalidWebhookUrl("A webhook URL has a host and, at most, a port after a colon.")
    if parts["port"] is not None and not 1 <= int(parts["port"]) <= 65_535:
        raise InvalidWebhookUrl("The port of a webhook URL is 1 to 65535.")
    return parts["host"]


def _require_host(host: str, allowed: Sequence[Network]) -> None:
    if host.startswith("["):
        _require_address(_ipv6(host[1:-1]), allowed)
    elif _NUMERIC_ENDING.fullmatch(host):
        _require_address(_ipv4(host), allowed)
    elif not _NAME.fullmatch(host):
        raise InvalidWebhookUrl(
            "The host of a webhook URL is a name of letters, digits and hyphens without a trailing dot, or an address."
        )
    elif _names_this_machine(host) and not any(address in network for network in allowed for address in _LOOPBACKS):
        raise RefusedWebhookAddress("`localhost` may not be called; use the name of a public host.")


def _ipv6(text: str) -> IPv6Address:
    if "%" in text:
        raise InvalidWebhookUrl("An IPv6 address in a webhook URL has no zone (`%…`).")
    try:
        return IPv6Address(text)
    except ValueError as error:
        raise InvalidWebhookUrl("The host in brackets is not an IPv6 address.") from error


def _ipv4(text: str) -> IPv4Address:
    """Returns the address; a host whose last label is a number is an IPv4 address (WHATWG URL, "ends in a number")."""
    try:
        return IPv4Address(text)
    except ValueError as error:
        raise InvalidWebhookUrl(
            "An IPv4 address in a webhook URL is four decimal numbers, such as 192.0.2.1."
        ) from error


def _require_address(address: Address, allowed: Sequence[Network]) -> None:
    reason = refused_reason(address, allowed=allowed)
    if reason is not None:
        raise RefusedWebhookAddress(f"This address may not be called: {reason}. Use a public address.")


def _names_this_machine(host: str) -> bool:
    """Tells whether a name is `localhost` or below it (RFC 6761 §6.3)."""
    return host.lower() == "localhost" or host.lower().endswith(".localhost")
