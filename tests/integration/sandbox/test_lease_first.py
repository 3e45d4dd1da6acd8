"""What costs money or is felt outside is done by the holder of a lease, which is taken before, not by the first beat.

Indexing, the third of them, is in `test_costs.py`.
"""

import pytest

from rowcall_contracts.pipelines import Step
from tests.integration.api import Api, eventually
from tests.integration.deployment import Sandbox
from tests.integration.inspection import Inspection
from tests.integration.llm_server import LanguageModel
from tests.integration.receivers import Received, Receiver
from tests.integration.small_database import small_database


def test_the_lease_is_held_when_the_model_is_asked_and_when_the_webhook_is_sent(
    api: Api,
    deployment: Sandbox,
    inspection: Inspection,
    receiver: Receiver,
    model: LanguageModel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connection = api.connect(small_database(deployment.folder / "data" / "leased.sqlite"), name="leased")
    asked_by: list[int] = []
    sent_by: list[object] = []

    def asked() -> None:
        held = {"input.connection_id": connection, "step": Step.GENERATE, "lease.owner": {"$gt": "sqlgen"}}
        asked_by.append(inspection.count_jobs(**held))

    def sent(request: Received) -> None:
        delivery = inspection.delivery_about(request.job_id)
        sent_by.append(delivery and delivery.get("lease"))

    receiver.on_request = sent
    monkeypatch.setattr(model, "on_request", asked)
    with api.listening(receiver.url, "chat.completed"):
        assert api.ask(connection, "How many items are there?")["state"] == "succeeded"
        eventually(lambda: receiver.received)
    assert asked_by
    assert set(asked_by) == {1}
    assert sent_by
    assert all(sent_by), "each attempt is made under a lease"
