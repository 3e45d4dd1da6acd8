"""Jars from Maven Central by jgo, one process of this user at a time: jgo's own cache takes no lock."""

import fcntl
import hashlib
from pathlib import Path

import jgo

CACHE = Path("~/.cache/rowcall").expanduser()


def resolve_jars(endpoint: str, *, cache: Path = CACHE) -> tuple[Path, ...]:
    """Returns all jars of `endpoint` (jgo's notation), downloaded where they are missing.

    What was resolved once is remembered below `cache` as long as it is there: jgo may link all jars anew each time, and
    takes them away first, from under whoever is starting with them.

    Raises `RuntimeError`, `OSError` or `ValueError` when one cannot be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    record = cache / f"{hashlib.sha256(endpoint.encode()).hexdigest()[:16]}.jars"
    with (cache / "maven.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _remembered(record) or _resolved(endpoint, record)


def _remembered(record: Path) -> tuple[Path, ...]:
    jars = tuple(map(Path, record.read_text(encoding="utf-8").splitlines())) if record.exists() else ()
    return jars if all(jar.is_file() for jar in jars) else ()


def _resolved(endpoint: str, record: Path) -> tuple[Path, ...]:
    jars = tuple(jgo.build(endpoint).all_jars)
    written = record.with_suffix(".new")
    written.write_text("\n".join(map(str, jars)), encoding="utf-8")
    written.replace(record)
    return jars
