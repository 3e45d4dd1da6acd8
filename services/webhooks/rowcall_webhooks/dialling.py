"""The last word on which address is dialled, and what a failed exchange is called."""

import errno
import socket
import ssl
from collections.abc import Sequence
from ipaddress import ip_address

from aiohappyeyeballs import AddrInfoType
from aiohttp import (
    ClientConnectionError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientPayloadError,
    ClientResponseError,
    InvalidURL,
    NonHttpUrlClientError,
)

from rowcall_contracts.addresses import Network, refused_reason
from rowcall_webhooks.outcomes import SendError


class AddressRefused(OSError):
    """An address may not be dialled. An `OSError`, so that aiohttp goes on to the name's next address."""


class GuardedSockets:
    """Makes sockets for public addresses, and for those in `allowed`, alone.

    aiohttp calls it with the concrete address right before it dials: after the name was resolved, and for literal
    addresses too, which a resolver never sees. So a name that changes its address between two look-ups gains nothing.
    """

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = tuple(allowed)

    def __call__(self, addr_info: AddrInfoType) -> socket.socket:
        """Returns an unconnected socket.

        Raises:
            AddressRefused: the address may not be dialled, or is none.
        """
        family, kind, protocol, _, address = addr_info
        # `fe80::1%eth0` keeps its zone up to here, and rules about addresses know no zones.
        text = str(address[0]).partition("%")[0]
        try:
            reason = refused_reason(ip_address(text), allowed=self._allowed)
        except ValueError:
            reason = "not an address"
        if reason is not None:
            raise AddressRefused(errno.EACCES, f"Refused to dial: {reason}.")
        return socket.socket(family, kind, protocol)


_NAMES: tuple[tuple[type[BaseException], SendError], ...] = (
    (TimeoutError, SendError.TIMEOUT),
    (ClientConnectorDNSError, SendError.DNS),
    (AddressRefused, SendError.ADDRESS_REFUSED),
    (ssl.SSLError, SendError.TLS),
    (ssl.CertificateError, SendError.TLS),
    (ConnectionRefusedError, SendError.CONNECTION_REFUSED),
    (InvalidURL, SendError.INVALID_URL),
    (NonHttpUrlClientError, SendError.INVALID_URL),
    (UnicodeError, SendError.INVALID_URL),  # a label that IDNA cannot encode
    (ClientResponseError, SendError.INVALID_ANSWER),
    (ClientPayloadError, SendError.CONNECTION_RESET),  # the body broke off
    (ConnectionError, SendError.CONNECTION_RESET),
)
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})


def name_of(error: BaseException) -> SendError:
    """Returns the class of a failed exchange; the first row of the table that fits wins."""
    cause = error.os_error if isinstance(error, ClientConnectorError) else error
    for kind, name in _NAMES:
        if isinstance(error, kind) or isinstance(cause, kind):
            return name
    if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
        return SendError.UNREACHABLE
    return SendError.CONNECTION_RESET if isinstance(error, ClientConnectionError) else SendError.OTHER
