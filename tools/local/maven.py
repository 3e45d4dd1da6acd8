"""Jars from Maven Central by jgo, one process of this user at a time: jgo's own cache takes no lock."""

import fcntl
from pathlib import Path

import jgo

CACHE = Path("~/.cache/rowcall").expanduser()


def resolve_jars(endpoint: str, *, cache: Path = CACHE) -> tuple[Path, ...]:
    """Returns all jars of `endpoint` (jgo's notation), downloaded where they are missing.

    Raises `RuntimeError`, `OSError` or `ValueError` when one cannot be had.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "maven.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return tuple(jgo.build(endpoint).all_jars)
