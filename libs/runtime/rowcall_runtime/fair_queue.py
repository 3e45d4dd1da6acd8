"""A bounded queue that serves workspaces in turn, so that one workspace's backlog delays nobody else's work."""

import asyncio
from collections import OrderedDict, deque
from typing import Generic, TypeVar

T = TypeVar("T")


class FairQueue(Generic[T]):
    """Round-robin over workspaces, first in first out within one. Each id waits at most once."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._lanes: OrderedDict[str, deque[tuple[str, T]]] = OrderedDict()
        self._ids: set[str] = set()
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._ids

    def put(self, workspace_id: str, item_id: str, item: T) -> bool:
        """Adds an item; False when it waits already or the queue is full."""
        if item_id in self._ids or len(self._ids) >= self._capacity:
            return False
        self._lanes.setdefault(workspace_id, deque()).append((item_id, item))
        self._ids.add(item_id)
        self._filled.set()
        return True

    def put_first(self, workspace_id: str, item_id: str, item: T) -> None:
        """Adds an item before all others, whatever the capacity; its id must not wait already."""
        self._lanes.setdefault(workspace_id, deque()).appendleft((item_id, item))
        self._lanes.move_to_end(workspace_id, last=False)
        self._ids.add(item_id)
        self._filled.set()

    async def get(self) -> T:
        """Waits for and takes the next item."""
        while not self._ids:
            self._filled.clear()
            await self._filled.wait()
        workspace_id, lane = next(iter(self._lanes.items()))
        item_id, item = lane.popleft()
        self._ids.discard(item_id)
        if lane:
            self._lanes.move_to_end(workspace_id)
        else:
            del self._lanes[workspace_id]
        return item

    def clear(self) -> list[T]:
        """Forgets everything that waits, and returns it."""
        waiting = [item for lane in self._lanes.values() for _, item in lane]
        self._lanes.clear()
        self._ids.clear()
        return waiting
