"""The embedded store: SecantusDB, which speaks the Mongo wire protocol over WiredTiger, as a process of its own."""

import os
import shutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tools.local.errors import LaptopError
from tools.local.ports import LOOPBACK

CACHE_SIZE = "512M"
"""The defaults, 1 and 4 GB, would let a laptop's store grow that large. With too little, a store under a third of all
tests may stop for ever inside a search of its engine (seen with 256 MB; the cause is not certain).
"""
RUST_INSTALL = "cargo install secantus-mdb --version 0.5.3-beta.196 --ignore-rust-version"


class StoreKind(StrEnum):
    """The two servers of the same project; the value of ROWCALL_EMBEDDED_STORE."""

    PY = "py"  # comes with the locked packages
    RS = "rs"  # its Rust sibling, built by the user; 3 to 10 times faster


class StoreMissingError(LaptopError):
    """The chosen server is not installed."""


@dataclass(frozen=True)
class StoreServer:
    """One store on loopback. `folder` may be opened by one process at a time."""

    folder: Path
    port: int
    program: Path
    sync: bool = True  # without it a kill -9 of the store loses acknowledged writes

    def url(self, database: str = "rowcall") -> str:
        """The connection string for a Mongo driver, with the database as its path."""
        return f"mongodb://{LOOPBACK}:{self.port}/{database}"

    def command(self) -> list[str]:
        """The command line that runs the store in the foreground."""
        place = ["--host", LOOPBACK, "--port", str(self.port), "--storage-path", str(self.folder)]
        options = ["--cache-size", CACHE_SIZE, *(["--sync-on-commit"] if self.sync else [])]
        return [str(self.program), *place, *options]


def store_program(kind: StoreKind) -> Path:
    """Returns the server's path: beside this Python for `py`, on PATH or in cargo's folder for `rs`.

    Raises `StoreMissingError` with the command that installs it.
    """
    beside, cargo = Path(sys.executable).parent, Path.home() / ".cargo" / "bin"
    name, cure = _PROGRAMS[kind]
    folders = [str(beside)] if kind is StoreKind.PY else [os.environ.get("PATH", os.defpath), str(cargo)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise StoreMissingError(f"{name} was not found; install it with: {cure}")
    return Path(found)


_PROGRAMS = {StoreKind.PY: ("secantusd-py", "make install"), StoreKind.RS: ("secantusd-rs", RUST_INSTALL)}
