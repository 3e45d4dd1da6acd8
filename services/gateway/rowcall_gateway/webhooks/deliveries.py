"""Deliveries as callers read them; only the webhooks service writes them."""

from collections.abc import Sequence
from dataclasses import dataclass

from rowcall_gateway.cursors import next_cursor
from rowcall_gateway.problems import Refusal
from rowcall_gateway.webhooks.schemas import DeliveriesQuery, DeliveryBody, DeliveryDetail
from rowcall_runtime.driver import DocumentCollection

LISTED_FIELDS: Sequence[str] = tuple(DeliveryBody.model_fields)


@dataclass(frozen=True, kw_only=True)
class Deliveries:
    """Every query that the gateway makes about deliveries."""

    deliveries: DocumentCollection

    async def page(self, workspace_id: str, query: DeliveriesQuery) -> tuple[list[DeliveryBody], str | None]:
        """Returns one page, newest first, and the next page's cursor."""
        found = await self.deliveries.find(
            {"workspace_id": workspace_id, **query.filter(), **query.after()},
            sort=[("_id", -1)],
            limit=query.limit + 1,
            fields=LISTED_FIELDS,
        )
        cursor = next_cursor([str(document["_id"]) for document in found], query.limit)
        return [DeliveryBody.model_validate({**each, "id": each["_id"]}) for each in found[: query.limit]], cursor

    async def get(self, workspace_id: str, delivery_id: str) -> DeliveryDetail:
        """Returns one with its attempts; raises Refusal when there is none."""
        found = await self.deliveries.get(
            {"_id": delivery_id, "workspace_id": workspace_id}, fields=(*LISTED_FIELDS, "attempts")
        )
        if found is None:
            raise Refusal.not_found("delivery")
        return DeliveryDetail.model_validate({**found, "id": found["_id"]})
