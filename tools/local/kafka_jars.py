"""The jars of Apache Kafka: resolved by jgo, and refused unless they are exactly the ones of the committed manifest."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from tools.local.errors import LaptopError
from tools.local.maven import resolve_jars

KAFKA_VERSION = "4.1.1"

# kafka-clients is named because log4j's dependency management would pull it down to 3.9.1, on which the broker dies;
# log4j's version is named because 3.0.0-beta2 would be taken otherwise.
ENDPOINT = "+".join(
    (
        f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
        f"org.apache.kafka:kafka-clients:{KAFKA_VERSION}",
        "org.apache.logging.log4j:log4j-slf4j-impl:2.25.1",
    )
)
MANIFEST = Path(__file__).with_name("kafka-jars.sha256")


class JarsError(LaptopError):
    """The jars could not be resolved, or are not the ones of the manifest."""


def kafka_jars(manifest: Path = MANIFEST) -> tuple[Path, ...]:
    """Returns the verified class path. The first call needs the network (about 45 MB), later ones the local cache.

    Raises `JarsError` when a jar cannot be had, or differs from `manifest`.
    """
    jars = resolve()
    verify(jars, manifest)
    return jars


def resolve() -> tuple[Path, ...]:
    """Returns all jars, from the user's Maven and jgo caches or from the user's Maven repository.

    Raises `JarsError` when jgo fails.
    """
    try:
        return resolve_jars(ENDPOINT)
    except (RuntimeError, OSError, ValueError) as error:
        raise JarsError(
            f"Kafka {KAFKA_VERSION} could not be resolved from Maven: {error}. The first start needs the network; "
            "check it (and the proxy settings) and start again, or set ROWCALL_KAFKA_BOOTSTRAP to use another broker."
        ) from error


def verify(jars: Iterable[Path], manifest: Path) -> None:
    """Compares names and SHA-256 with `manifest` (the format of sha256sum). Raises `JarsError` on any difference."""
    expected = _read_manifest(manifest)
    found = {jar.name: jar for jar in jars}
    if missing := sorted(expected.keys() - found.keys()):
        raise JarsError(f"jars of {manifest.name} that Maven did not deliver: {', '.join(missing)}")
    if unknown := sorted(found.keys() - expected.keys()):
        raise JarsError(f"jars that {manifest.name} does not list: {', '.join(unknown)}")
    if changed := [jar for name, jar in sorted(found.items()) if sha256(jar) != expected[name]]:
        raise JarsError(
            f"these jars differ from {manifest.name}, so they will not be run: {', '.join(map(str, changed))}. "
            "Delete them here and in the local Maven repository, then start again."
        )


def sha256(path: Path) -> str:
    """Returns the file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(jars: Iterable[Path], manifest: Path = MANIFEST) -> None:
    """Writes the manifest anew; for whoever raises the Kafka version, after a look at what changed."""
    lines = sorted(f"{sha256(jar)}  {jar.name}\n" for jar in jars)
    manifest.write_text("".join(sorted(lines, key=lambda line: line.split()[1])), encoding="ascii")


def _read_manifest(manifest: Path) -> dict[str, str]:
    pairs = (line.split() for line in manifest.read_text(encoding="ascii").splitlines())
    return {name: digest for digest, name in pairs}
