"""A bounded memory of what the store said a moment ago."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class ExpiringCache(Generic[K, V]):
    """Keeps values for some seconds; the least recently used go first when it is full."""

    def __init__(self, *, seconds: float, capacity: int, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._capacity = capacity
        self._monotonic = monotonic
        self._entries: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Returns the value, unless it is too old or was never there."""
        entry = self._entries.get(key)
        if entry is None or self._monotonic() >= entry[0]:
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: K, value: V) -> None:
        """Remembers a value from now on."""
        self._entries[key] = (self._monotonic() + self._seconds, value)
        self._entries.move_to_end(key)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def forget(self, key: K) -> None:
        """Drops one value."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Drops all."""
        self._entries.clear()
