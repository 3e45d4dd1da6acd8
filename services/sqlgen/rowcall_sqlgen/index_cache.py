"""The indexes of recently asked connections, bounded in bytes."""

import sys
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass
from datetime import datetime
from typing import NamedTuple

from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.engine.index import SchemaIndex


class CacheKey(NamedTuple):
    """A state of a connection's catalog: the fingerprint follows the structure, the time of profiling the values.

    `version`: of the knowledge, whose terms are in the index.
    """

    connection_id: str
    fingerprint: str
    profiled_at: datetime
    version: str = ""


def cache_key(connection_id: str, catalog: Catalog, *, version: str = "") -> CacheKey:
    """Returns the key under which a catalog's index is kept."""
    return CacheKey(connection_id, catalog.fingerprint, catalog.profiled_at, version)


class IndexCache:
    """Least recently used indexes go first. One index above the whole bound is not kept at all. Not thread-safe."""

    def __init__(self, *, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[CacheKey, tuple[SchemaIndex, int]] = OrderedDict()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: CacheKey) -> SchemaIndex | None:
        """Returns the index, if it is kept, and marks it as used."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: CacheKey, index: SchemaIndex, *, size_bytes: int) -> None:
        """Keeps an index, in place of any other state of the same connection."""
        for kept in [kept for kept in self._entries if kept.connection_id == key.connection_id]:
            self._drop(kept)
        if size_bytes > self._max_bytes:
            return
        self._entries[key] = (index, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._max_bytes:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: CacheKey) -> None:
        _, size_bytes = self._entries.pop(key)
        self.size_bytes -= size_bytes


def size_of(root: object) -> int:
    """Returns roughly how many bytes an index holds: every object reachable from it, shared ones once."""
    seen: set[int] = set()
    total = 0
    queue: list[object] = [root]
    while queue:
        item = queue.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        total += sys.getsizeof(item)
        queue.extend(_parts(item))
    return total


def _parts(item: object) -> Iterable[object]:
    if isinstance(item, str | bytes | int | float):
        return ()
    if isinstance(item, tuple | list | set | frozenset):
        return item
    if is_dataclass(item):
        return [getattr(item, name) for name in item.__dataclass_fields__]
    if isinstance(item, Mapping):
        return [*item.keys(), *item.values()]
    return list(getattr(item, "__dict__", {}).values())
