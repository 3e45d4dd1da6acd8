"""What every accepted job comes to: one end, the right answer, one event that reaches the receiver."""

from collections.abc import Mapping

from tests.integration.api import eventually
from tests.integration.inspection import Inspection, require_ended_once
from tests.integration.receivers import Receiver

LOOK_EVERY_S = 0.2


def require_all_told(
    inspection: Inspection, receiver: Receiver, answers: Mapping[str, object], *, within_s: float = 90
) -> None:
    """Asserts that each job succeeded once with the rows given here, and that its one event reached the receiver."""
    assert answers
    ids = list(answers)
    eventually(lambda: not inspection.unfinished(ids), within_s=within_s, every_s=LOOK_EVERY_S)
    for job in inspection.jobs(ids):
        assert job["state"] == "succeeded", job
        assert job["output"]["rows"] == answers[job["_id"]], job
        require_ended_once(job)
    eventually(lambda: set(ids) <= set(receiver.ids_by_job()), within_s=within_s, every_s=LOOK_EVERY_S)
    eventually(lambda: not inspection.unpublished(ids), within_s=within_s, every_s=LOOK_EVERY_S)
    repeated = {job_id: found for job_id, found in receiver.ids_by_job().items() if len(found) != 1}
    assert not repeated, "an event came with more than one id"
