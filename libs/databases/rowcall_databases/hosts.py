"""Hosts of database servers: resolved once, every address checked, and only checked addresses are dialled."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

from rowcall_contracts.addresses import Address, refused_reason
from rowcall_databases.access import AccessPolicy
from rowcall_databases.errors import HostRefused, LocationRefused, Unreachable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host name as text; raises `OSError` or `UnicodeError` when there are none."""

# No slash or @ (libpq would read a Unix socket), no comma (libpq would read a list), no percent (a scope).
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


def require_host(host: str, policy: AccessPolicy) -> None:
    """Raises `LocationRefused` for what is no host name, and `HostRefused` for a literal address that is refused.

    A name passes: its addresses are known only when it is dialled.
    """
    if not _HOST.fullmatch(host):
        raise LocationRefused("The host must be one name or one address.")
    try:
        address = ip_address(host)
    except ValueError:
        return
    _require_address(address, policy)


async def resolve_host(host: str, port: int) -> tuple[str, ...]:
    """Asks the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def checked_addresses(
    host: str, port: int, *, policy: AccessPolicy, resolve: Resolver = resolve_host
) -> tuple[Address, ...]:
    """Returns the addresses of `host`, all of which may be dialled.

    One refused address refuses the host: a name that answers with a private address beside a public one is either
    misconfigured or an attempt. Raises `HostRefused`, or `Unreachable` when the name has no address.
    """
    try:
        addresses = tuple(ip_address(text) for text in await resolve(host, port))
    except (OSError, UnicodeError):
        raise Unreachable("The host name cannot be resolved; check its spelling.") from None
    for address in addresses:
        _require_address(address, policy)
    return addresses


def _require_address(address: Address, policy: AccessPolicy) -> None:
    reason = refused_reason(address, allowed=policy.allow_networks)
    if reason is not None:
        raise HostRefused(
            f"The host's address is not public ({reason}); the operator can open a network with"
            " ROWCALL_DATABASE_ALLOW_NETWORKS."
        )
