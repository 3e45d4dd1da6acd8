"""A worker that is told to stop in the middle of a step gives it back: nothing is lost, and no loss is counted."""

import pytest

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.work import HistoryEvent
from tests.integration.api import Api
from tests.integration.deployment import Sandbox
from tests.integration.heavy_query import count_pairs, count_pairs_sql, numbers_database
from tests.integration.inspection import Inspection, pid_of, require_ended_once

PAIRS_BELOW = 8_000
"""Some 4 s on an idle core: longer than the process gets."""

DRAIN = {"ROWCALL_DRAIN_S": "0.5"}

pytestmark = pytest.mark.timeout(180)


def test_a_step_that_outlasts_the_drain_is_given_back_and_done_by_another(
    api: Api, deployment: Sandbox, inspection: Inspection
) -> None:
    connection = api.connect(numbers_database(deployment.folder / "data" / "stopped.sqlite"), name="numbers")
    deployment.services[Service.EXECUTOR].stop()
    given = {"connection_id": connection, "sql": count_pairs_sql(PAIRS_BELOW)}
    job_id = str(api.submit("execute_sql", given, timeout_s=600)["id"])
    with deployment.replica(Service.EXECUTOR, **DRAIN) as stopped:
        owner = inspection.holder(job_id, Step.EXECUTE)
        assert pid_of(owner) == stopped.pid
        assert stopped.stop() == 0
    given_back = inspection.job(job_id)
    deployment.start_services()
    job = api.ended(job_id, within_s=90)

    last = given_back["history"][-1]
    assert (last["event"], last["owner"], given_back.get("lease")) == (HistoryEvent.RELEASED, owner, None)
    assert job["output"]["rows"] == [[count_pairs(PAIRS_BELOW)]]
    stored = inspection.job(job_id)
    require_ended_once(stored)
    assert (stored["worker_losses"], stored["attempt"]) == (0, 0)
    assert HistoryEvent.TAKEN_OVER not in [entry["event"] for entry in stored["history"]]
    assert pid_of(stored["history"][-1]["owner"]) == deployment.services[Service.EXECUTOR].pid
