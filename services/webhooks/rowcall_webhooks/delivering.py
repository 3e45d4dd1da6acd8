"""Deliveries as a workload: one attempt a run, every attempt logged, retries by the runtime's own alarm."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from opentelemetry.trace import SpanKind

from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import Problem, ProblemType
from rowcall_contracts.resources import Attempt, Delivery, Endpoint
from rowcall_contracts.topics import HEADER_CONTENT_TYPE, HEADER_TRACEPARENT
from rowcall_contracts.work import HistoryEvent, State
from rowcall_runtime.crypto import CannotOpen, Opener
from rowcall_runtime.errors import Permanent
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.tracing import current_traceparent, span
from rowcall_runtime.work_store import Allowed, Change
from rowcall_webhooks.outcomes import SendOutcome
from rowcall_webhooks.schedule import Done, GiveUp, Retry, decide
from rowcall_webhooks.sending import Sender
from rowcall_webhooks.signing import signature_headers

_RANDOM = secrets.SystemRandom().random


class DeliveryWorkload:
    """Sends deliveries. An attempt has an effect outside, so the lease is taken before it is made."""

    def __init__(
        self,
        endpoints: Repository[Endpoint],
        sender: Sender,
        opener: Opener,
        *,
        platform: Platform,
        retention: timedelta,
    ) -> None:
        self._endpoints = endpoints
        self._sender = sender
        self._opener = opener
        self._clock = platform.clock
        self._metrics = platform.metrics
        self._retention = retention

    @property
    def allowed(self) -> Allowed:
        """Every delivery."""
        return {}

    def knows(self, work: Delivery) -> bool:
        """Every delivery."""
        return True

    def takes_lease_first(self, work: Delivery) -> bool:
        """Always."""
        return True

    async def run(self, work: Delivery) -> Change:
        """Makes one attempt and says what follows."""
        endpoint = await self._endpoints.get(work.workspace_id, work.endpoint_id)
        if endpoint is None or not endpoint.enabled:
            return self._settled(State.CANCELLED, HistoryEvent.CANCELLED)
        number = len(work.attempts) + 1
        started = self._clock.now()
        outcome = await self._send(work, endpoint)
        self._metrics.count(Metric.DELIVERY_ATTEMPTS, outcome=outcome.label)
        attempt = Attempt(
            number=number,
            at=started,
            duration_ms=outcome.duration_ms,
            status=outcome.status,
            error=outcome.error.value if outcome.error else None,
            answer=outcome.answer,
        )
        return await self._following(work, outcome, attempt)

    def failure(self, work: Delivery, problem: Problem) -> Change:
        """Ends the delivery as failed."""
        return self._settled(State.FAILED, HistoryEvent.FAILED, problem=problem.type)

    async def settled(self, work: Delivery, change: Change) -> None:
        """Nobody waits for a delivery."""

    async def remind(self, work: Delivery) -> None:
        """An ended delivery has no alarm."""

    async def _send(self, work: Delivery, endpoint: Endpoint) -> SendOutcome:
        try:
            secret = self._opener.open(endpoint.secret)
        except CannotOpen as error:
            raise Permanent(ProblemType.DELIVERY_FAILED, "Its secret was sealed for another key.") from error
        timestamp = int(self._clock.now().timestamp())
        signed = signature_headers([secret], webhook_id=work.event_id, timestamp=timestamp, body=work.body)
        with span("webhook POST", parent=current_traceparent(), kind=SpanKind.CLIENT):
            traceparent = current_traceparent()
            traced = {HEADER_TRACEPARENT: traceparent} if traceparent else {}
            headers = {HEADER_CONTENT_TYPE: "application/json", **signed, **traced}
            return await self._sender.send(endpoint.url, headers=headers, body=work.body)

    async def _following(self, work: Delivery, outcome: SendOutcome, attempt: Attempt) -> Change:
        logged = {"attempts": attempt.model_dump(exclude_none=True)}
        decision = decide(outcome, attempt.number, random=_RANDOM, now=self._clock.now())
        match decision:
            case Done():
                return self._settled(State.SUCCEEDED, HistoryEvent.FINISHED, append=logged)
            case Retry(after):
                return Change(
                    event=HistoryEvent.RETRY,
                    state=State.RETRY_WAIT,
                    step=work.step,
                    due_at=self._clock.now() + after,
                    append=logged,
                    failed_attempt=True,
                    problem=ProblemType.DELIVERY_FAILED.uri,
                )
            case GiveUp(disable):
                if disable:
                    await self._endpoints.note(work.workspace_id, work.endpoint_id, {"enabled": False})
                problem = ProblemType.DELIVERY_FAILED.uri
                return self._settled(State.FAILED, HistoryEvent.FAILED, append=logged, problem=problem)

    def _settled(
        self,
        state: State,
        event: HistoryEvent,
        *,
        append: Mapping[str, object] | None = None,
        problem: str | None = None,
    ) -> Change:
        expiry = {"expires_at": self._clock.now() + self._retention}
        return Change(
            event=event,
            state=state,
            step=Step.DELIVER.value,
            due_at=None,
            fields=expiry,
            append=append or {},
            problem=problem,
        )
