"""Registering endpoints: the URL is judged by its text here, and by its address whenever it is called."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rowcall_contracts.addresses import Network
from rowcall_contracts.events import EVENT_VERSION
from rowcall_contracts.problems import FieldError, ProblemType
from rowcall_contracts.resources import Endpoint
from rowcall_contracts.webhook_secrets import new_secret
from rowcall_contracts.webhook_urls import InvalidWebhookUrl, RefusedWebhookAddress, require_webhook_url
from rowcall_gateway.caller import Caller
from rowcall_gateway.etags import require_match
from rowcall_gateway.idempotency import Idempotency
from rowcall_gateway.problems import Refusal
from rowcall_gateway.resources import Resources
from rowcall_gateway.webhooks.schemas import EVERY_TYPE, EndpointPatch, NewEndpoint
from rowcall_runtime.clock import Clock
from rowcall_runtime.crypto import Sealer
from rowcall_runtime.ids import Prefix, new_id


@dataclass(frozen=True, kw_only=True)
class EndpointDesk:
    """What callers may do with endpoints."""

    endpoints: Resources[Endpoint]
    sealer: Sealer
    clock: Clock
    allowed: Sequence[Network]
    random_bytes: Callable[[int], bytes] = field(repr=False)

    async def create(self, caller: Caller, new: NewEndpoint, idempotency: Idempotency) -> tuple[Endpoint, str | None]:
        """Registers an endpoint; returns it with its secret, or without when an earlier request had created it.

        Raises:
            Refusal: the URL may not be called, or the idempotency key was used otherwise.
        """
        self._require_url(new.url)
        secret = new_secret(self.random_bytes)
        now = self.clock.now()
        endpoint = Endpoint(
            id=new_id(Prefix.ENDPOINT),
            workspace_id=caller.workspace_id,
            created_at=now,
            updated_at=now,
            url=new.url,
            description=new.description,
            event_types=_wanted(new.event_types),
            secret=self.sealer.seal(secret),
            event_version=EVENT_VERSION,
        )
        stored, fresh = await self.endpoints.create(endpoint, idempotency)
        return stored, secret if fresh else None

    async def change(self, caller: Caller, endpoint_id: str, patch: EndpointPatch, *, if_match: str | None) -> Endpoint:
        """Changes an endpoint.

        Raises:
            Refusal: the precondition does not hold, or the URL may not be called.
        """
        before = await self.endpoints.get(caller.workspace_id, endpoint_id)
        require_match(if_match, before.version)
        if patch.url is not None:
            self._require_url(patch.url)
        fields = patch.model_dump(exclude_none=True)
        if patch.event_types is not None:
            fields["event_types"] = _wanted(patch.event_types)
        return await self.endpoints.change(before, fields)

    def _require_url(self, url: str) -> None:
        try:
            require_webhook_url(url, allowed=self.allowed)
        except RefusedWebhookAddress as error:
            fault = FieldError(pointer="/url", detail=str(error))
            raise Refusal(ProblemType.ENDPOINT_REFUSED, str(error), errors=(fault,)) from None
        except InvalidWebhookUrl as error:
            raise Refusal.at("/url", str(error)) from None


def _wanted(event_types: tuple[str, ...]) -> tuple[str, ...]:
    return () if EVERY_TYPE in event_types else tuple(dict.fromkeys(event_types))
