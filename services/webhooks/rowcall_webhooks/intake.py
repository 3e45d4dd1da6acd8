"""Events in, deliveries planned: at least once, and one delivery per event and endpoint by a unique index."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import islice

import structlog

from rowcall_contracts.events import Event
from rowcall_contracts.resources import Delivery, Endpoint
from rowcall_runtime.bus import PublishFailed
from rowcall_runtime.errors import StoreUnavailable, UndecodableRecord
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.process import Platform
from rowcall_runtime.records import RawRecord, decode_event
from rowcall_runtime.repository import Repository
from rowcall_runtime.work_store import WorkStore
from rowcall_webhooks.planning import plan

PAUSE_S = 1.0
"""Seconds before a batch that could not be stored is read again; the broker itself would repeat it at once."""

TOGETHER = 100
"""Deliveries written by one command: one at a time, a batch for many endpoints would take seconds."""

_log = structlog.get_logger()


class Intake:
    """Turns a batch of event records into deliveries; a batch that fails half-way is repeated without harm."""

    def __init__(
        self,
        endpoints: Repository[Endpoint],
        deliveries: WorkStore[Delivery],
        platform: Platform,
        *,
        accepted: Callable[[Delivery], None],
    ) -> None:
        """`accepted` is told of each new delivery."""
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._bus = platform.bus
        self._clock = platform.clock
        self._accepted = accepted

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Stores what the records ask for.

        Raises:
            StoreUnavailable, PublishFailed: the batch must come back.
        """
        try:
            events = [event for record in records if (event := await self._decoded(record))]
            for workspace_id in dict.fromkeys(event.data.workspace_id for event in events):
                mine = [event for event in events if event.data.workspace_id == workspace_id]
                await self._plan(workspace_id, mine)
        except (StoreUnavailable, PublishFailed):
            await asyncio.sleep(PAUSE_S)
            raise

    async def _decoded(self, record: RawRecord) -> Event | None:
        try:
            return decode_event(record)
        except UndecodableRecord as error:
            _log.warning("event_undecodable", partition=record.partition, offset=record.offset, reason=str(error))
            await self._bus.dead_letter(record, str(error))
            return None

    async def _plan(self, workspace_id: str, events: Sequence[Event]) -> None:
        endpoints = await self._endpoints.find(workspace_id, {"enabled": True}, limit=0)
        planned = (
            delivery
            for event in events
            for delivery in plan(event, endpoints, new_id=lambda: new_id(Prefix.DELIVERY), now=self._clock.now())
        )
        while some := list(islice(planned, TOGETHER)):
            for delivery in await self._deliveries.insert_new(some):
                self._accepted(delivery)
