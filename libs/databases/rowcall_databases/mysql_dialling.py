"""The TCP connection to a MySQL server: only checked addresses are dialled, and anybody may hang up."""

import asyncio
import socket
from ipaddress import IPv6Address

from aiohappyeyeballs import start_connection

from rowcall_contracts.addresses import Address
from rowcall_databases.errors import Unreachable
from rowcall_databases.hosts import Resolver, checked_addresses
from rowcall_databases.server_location import MysqlLocation

CONNECT_TIMEOUT_S = 5.0
_NEXT_ADDRESS_AFTER_S = 0.25  # RFC 8305, section 5


async def dial(location: MysqlLocation, resolve: Resolver) -> socket.socket:
    """Returns a blocking socket to the first address that answers. Raises `HostRefused` or `Unreachable`."""
    addresses = await checked_addresses(location.host, location.port, policy=location.policy, resolve=resolve)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            dialled = await start_connection(
                [_address_info(address, location.port) for address in addresses],
                happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S,
            )
    except OSError:  # of which TimeoutError is one
        raise Unreachable("The server cannot be reached; check host, port and firewall.") from None
    dialled.setblocking(True)
    return dialled


def redial(dialled: socket.socket) -> socket.socket:
    """Returns a second connection to where the first one leads, without another look-up. Raises `OSError`."""
    host, port = dialled.getpeername()[:2]
    return socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)


def _address_info(address: Address, port: int) -> tuple[int, int, int, str, tuple[str, int]]:
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (str(address), port)
