"""Events and endpoints become deliveries."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from rowcall_contracts.events import Event, EventData
from rowcall_contracts.resources import Endpoint, SealedSecret
from rowcall_contracts.work import HistoryEvent, State
from rowcall_webhooks.planning import body_of, plan

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
EVENT = Event(
    id="evt_1",
    type="chat.completed",
    time=NOW - timedelta(seconds=1),
    data=EventData(
        job_id="job_1",
        workspace_id="ws_1",
        kind="chat",
        state="succeeded",
        counts={"rows": 3},
        links={"job": "/jobs/job_1"},
    ),
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def endpoint(
    id_: str, *, workspace_id: str = "ws_1", event_types: tuple[str, ...] = (), enabled: bool = True
) -> Endpoint:
    return Endpoint(
        id=id_,
        workspace_id=workspace_id,
        created_at=NOW,
        updated_at=NOW,
        url="https://receiver.example/",
        event_types=event_types,
        secret=SealedSecret(key_id="k", ciphertext=b""),
        enabled=enabled,
        event_version="v1",
    )


def planned(*endpoints: Endpoint) -> list[str]:
    ids = count(1)
    return [d.endpoint_id for d in plan(EVENT, endpoints, new_id=lambda: f"dlv_{next(ids)}", now=NOW)]


def test_each_endpoint_that_wants_the_event_gets_one_delivery() -> None:
    everything, chosen = endpoint("ep_1"), endpoint("ep_2", event_types=("sql.executed", "chat.completed"))
    assert planned(everything, chosen) == ["ep_1", "ep_2"]


@pytest.mark.parametrize(
    "other",
    [
        endpoint("ep_1", enabled=False),
        endpoint("ep_1", workspace_id="ws_2"),
        endpoint("ep_1", event_types=("chat.failed",)),
        endpoint("ep_1", event_types=("chat",)),
    ],
    ids=["disabled", "foreign", "other-type", "half-a-type"],
)
def test_an_endpoint_that_does_not_want_the_event_gets_none(other: Endpoint) -> None:
    assert planned(other) == []


def test_a_delivery_starts_as_work_that_is_due_now() -> None:
    (delivery,) = plan(EVENT, [endpoint("ep_1")], new_id=lambda: "dlv_1", now=NOW)
    assert (delivery.id, delivery.workspace_id, delivery.endpoint_id) == ("dlv_1", "ws_1", "ep_1")
    assert (delivery.event_id, delivery.event_type) == ("evt_1", "chat.completed")
    assert (delivery.state, delivery.step, delivery.version, delivery.attempt) == (State.QUEUED, "deliver", 1, 0)
    assert (delivery.due_at, delivery.created_at, delivery.finished_at) == (NOW, NOW, None)
    assert [(entry.version, entry.at, entry.event) for entry in delivery.history] == [(1, NOW, HistoryEvent.ACCEPTED)]
    assert delivery.traceparent == EVENT.traceparent
    assert delivery.attempts == ()


def test_the_body_is_the_thin_event_and_the_same_bytes_for_all() -> None:
    first, second = plan(EVENT, [endpoint("ep_1"), endpoint("ep_2")], new_id=lambda: "dlv", now=NOW)
    assert first.body == second.body == body_of(EVENT)
    assert json.loads(first.body) == {
        "type": "chat.completed",
        "timestamp": "2026-01-02T03:04:04Z",
        "data": {
            "job_id": "job_1",
            "workspace_id": "ws_1",
            "kind": "chat",
            "state": "succeeded",
            "counts": {"rows": 3},
            "links": {"job": "/jobs/job_1"},
        },
    }
