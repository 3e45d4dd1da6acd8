"""What the operator lets connections reach."""

from dataclasses import dataclass
from pathlib import Path

from rowcall_contracts.addresses import Network


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """Empty means closed: no file opens, and only public addresses are dialled.

    `file_roots`: folders below which database files may be opened. `allow_networks`: networks that may be dialled
    although `rowcall_contracts.addresses` refuses them.
    """

    file_roots: tuple[Path, ...] = ()
    allow_networks: tuple[Network, ...] = ()
