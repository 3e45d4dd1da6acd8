"""`/webhooks`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from rowcall_contracts.pipelines import event_types
from rowcall_contracts.scopes import Scope
from rowcall_gateway.admission import Requires
from rowcall_gateway.caller import Caller
from rowcall_gateway.cursors import PageQuery
from rowcall_gateway.etags import IfMatch, etag
from rowcall_gateway.idempotency import Idempotency, IdempotencyKey
from rowcall_gateway.parts import Handed
from rowcall_gateway.webhooks.schemas import (
    DeliveriesQuery,
    DeliveryDetail,
    DeliveryList,
    EndpointBody,
    EndpointCreated,
    EndpointList,
    EndpointPatch,
    EventTypeList,
    NewEndpoint,
)

Reader = Annotated[Caller, Depends(Requires(Scope.WEBHOOKS_READ))]
Writer = Annotated[Caller, Depends(Requires(Scope.WEBHOOKS_WRITE))]

router = APIRouter(prefix="/webhooks", tags=["webhooks"])


@router.post("/endpoints", status_code=201)
async def create_endpoint(
    new: NewEndpoint, caller: Writer, parts: Handed, response: Response, *, idempotency_key: IdempotencyKey = None
) -> EndpointCreated:
    """Registers a URL; the answer is the only one that shows the secret."""
    idempotency = Idempotency.of(caller, "POST /webhooks/endpoints", header=idempotency_key, body=new)
    endpoint, secret = await parts.endpoints.create(caller, new, idempotency)
    await parts.audit.changed(caller, "endpoint.create", endpoint.id)
    response.headers["Location"] = f"/webhooks/endpoints/{endpoint.id}"
    response.headers["ETag"] = etag(endpoint.version)
    return EndpointCreated(**EndpointBody.of(endpoint).model_dump(), secret=secret)


@router.get("/endpoints")
async def list_endpoints(query: Annotated[PageQuery, Query()], caller: Reader, parts: Handed) -> EndpointList:
    """Lists the workspace's endpoints, newest first."""
    found, cursor = await parts.endpoints.endpoints.page({"workspace_id": caller.workspace_id}, query)
    return EndpointList(data=[EndpointBody.of(endpoint) for endpoint in found], next_cursor=cursor)


@router.get("/endpoints/{endpoint_id}")
async def get_endpoint(endpoint_id: str, caller: Reader, parts: Handed, response: Response) -> EndpointBody:
    """Reads an endpoint."""
    endpoint = await parts.endpoints.endpoints.get(caller.workspace_id, endpoint_id)
    response.headers["ETag"] = etag(endpoint.version)
    return EndpointBody.of(endpoint)


@router.patch("/endpoints/{endpoint_id}")
async def change_endpoint(  # sizes: the parts of a request
    endpoint_id: str,
    patch: EndpointPatch,
    caller: Writer,
    parts: Handed,
    response: Response,
    *,
    if_match: IfMatch = None,
) -> EndpointBody:
    """Changes an endpoint."""
    endpoint = await parts.endpoints.change(caller, endpoint_id, patch, if_match=if_match)
    await parts.audit.changed(caller, "endpoint.change", endpoint.id)
    response.headers["ETag"] = etag(endpoint.version)
    return EndpointBody.of(endpoint)


@router.delete("/endpoints/{endpoint_id}", status_code=204)
async def delete_endpoint(endpoint_id: str, caller: Writer, parts: Handed) -> None:
    """Deletes an endpoint; what was not delivered yet will not be."""
    await parts.endpoints.endpoints.delete(caller.workspace_id, endpoint_id)
    await parts.audit.changed(caller, "endpoint.delete", endpoint_id)


@router.get("/deliveries")
async def list_deliveries(query: Annotated[DeliveriesQuery, Query()], caller: Reader, parts: Handed) -> DeliveryList:
    """Lists deliveries, newest first."""
    deliveries, cursor = await parts.deliveries.page(caller.workspace_id, query)
    return DeliveryList(data=deliveries, next_cursor=cursor)


@router.get("/deliveries/{delivery_id}")
async def get_delivery(delivery_id: str, caller: Reader, parts: Handed) -> DeliveryDetail:
    """Reads a delivery with its attempts."""
    return await parts.deliveries.get(caller.workspace_id, delivery_id)


@router.get("/event-types")
async def list_event_types(_: Reader) -> EventTypeList:
    """Lists every event type."""
    return EventTypeList(data=event_types())
