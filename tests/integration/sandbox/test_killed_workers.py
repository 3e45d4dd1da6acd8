"""A worker that dies, or sleeps past its lease, in the middle of a step costs time and nothing else.

The middle is real slowness: a heavy query, a slow language model, a large document, a slow receiver.
"""

import re
from pathlib import Path

import pytest

from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.work import MAX_WORKER_LOSSES, HistoryEvent
from tests.integration.api import Api, Body, eventually
from tests.integration.deployment import Sandbox
from tests.integration.event_log import ids_by_job, published_events
from tests.integration.heavy_query import count_pairs, count_pairs_sql, numbers_database
from tests.integration.inspection import Inspection, pid_of, require_ended_once, require_taken_over
from tests.integration.llm_server import LanguageModel
from tests.integration.receivers import Received, Receiver
from tests.integration.small_database import small_database

PAIRS_BELOW = 8_000
"""Some 4 s on an idle core: longer than the 2 s at most after which a running step takes its lease."""

HOPELESS_PAIRS_BELOW = 20_000
SECTIONS = 4_000
LONG = {"timeout_s": 600}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def numbers(api: Api, deployment: Sandbox, tmp_path: Path) -> str:
    """A connection to a database for heavy queries."""
    return api.connect(numbers_database(deployment.folder / "data" / f"{tmp_path.name}.sqlite"), name="numbers")


@pytest.fixture
def items(api: Api, deployment: Sandbox, tmp_path: Path) -> str:
    """A connection to a small database whose catalog is known."""
    connection = api.connect(small_database(deployment.folder / "data" / f"{tmp_path.name}.sqlite"), name="items")
    assert api.ask(connection, "How many items are there?")["output"]["rows"] == [[3]]
    return connection


def submit_heavy(api: Api, connection: str, below: int = PAIRS_BELOW) -> str:
    job = api.submit("execute_sql", {"connection_id": connection, "sql": count_pairs_sql(below)}, **LONG)
    return str(job["id"])


def kill_holder(deployment: Sandbox, service: Service, owner: str) -> None:
    """Kills the process that a lease names, and sees that it is the one meant."""
    assert pid_of(owner) == deployment.services[service].pid
    deployment.services[service].kill()


def results_refused(deployment: Sandbox) -> list[str]:
    """Returns the executor's counters of results that met another version of their job."""
    return re.findall(rf"^{Metric.WRITES_REFUSED.value.name}\{{.*", deployment.metrics(Service.EXECUTOR), re.MULTILINE)


def require_one_event(deployment: Sandbox, receiver: Receiver, job_id: str) -> None:
    """Asserts that the job's one event arrived, on Kafka and at the receiver, with one id."""
    eventually(lambda: job_id in receiver.ids_by_job())
    on_kafka = set(ids_by_job(published_events(deployment.broker.bootstrap))[job_id])
    assert len(on_kafka) == 1
    assert receiver.ids_by_job()[job_id] == on_kafka


def test_a_heavy_query_survives_its_executor(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, numbers: str
) -> None:
    with api.listening(receiver.url, "sql.executed"):
        job_id = submit_heavy(api, numbers)
        killed = inspection.holder(job_id, Step.EXECUTE)
        kill_holder(deployment, Service.EXECUTOR, killed)
        deployment.start_services()
        job = api.ended(job_id, within_s=90)
        assert job["output"]["rows"] == [[count_pairs(PAIRS_BELOW)]]
        require_one_event(deployment, receiver, job_id)
    stored = inspection.job(job_id)
    require_ended_once(stored)
    require_taken_over(stored, Step.EXECUTE, killed)
    assert stored["worker_losses"] >= 1
    assert stored["attempt"] == 0, "a dead worker is no failure of the work"


def test_a_question_survives_its_generator(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str, model: LanguageModel
) -> None:
    with api.listening(receiver.url, "chat.completed"):
        model.delay_s = 120
        job = api.submit("chat", {"connection_id": items, "question": "How many items are there?"}, **LONG)
        killed = inspection.holder(job["id"], Step.GENERATE)
        model.delay_s = 0
        kill_holder(deployment, Service.SQLGEN, killed)
        deployment.start_services()
        assert api.ended(job["id"])["output"]["rows"] == [[3]]
        require_one_event(deployment, receiver, job["id"])
    stored = inspection.job(job["id"])
    require_ended_once(stored)
    require_taken_over(stored, Step.GENERATE, killed)


def test_a_large_document_survives_its_summarizer(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver
) -> None:
    text = "".join(f"# Section {number}\n\n{'The quokka smiles again. ' * 8}\n\n" for number in range(SECTIONS))
    with api.listening(receiver.url, "document.indexed"):
        upload = api.client.post("/documents", files={"file": ("animals.md", text.encode(), "text/markdown")})
        assert upload.status_code == 202, upload.text
        document_id, job_id = str(upload.json()["document"]["id"]), str(upload.json()["job"]["id"])
        killed = inspection.holder(job_id, Step.INDEX)
        eventually(lambda: inspection.chunk_count(document_id), every_s=0.01)
        kill_holder(deployment, Service.SUMMARIZER, killed)
        deployment.start_services()
        assert api.ended(job_id, within_s=90)["output"]["chunk_count"] == SECTIONS
        require_one_event(deployment, receiver, job_id)
    stored = inspection.job(job_id)
    require_ended_once(stored)
    require_taken_over(stored, Step.INDEX, killed)
    assert inspection.chunk_count(document_id) == SECTIONS, "what the killed one had stored is replaced"
    found = api.client.get("/documents/search", params={"query": "smiling quokka"}).json()["data"]
    assert found, "the document can be searched"


def test_a_delivery_survives_its_sender_and_keeps_its_id(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, items: str
) -> None:
    receiver.delay_s = 8
    with api.listening(receiver.url, "chat.completed"):
        job = api.ask(items, "How many items are there?")
        eventually(lambda: receiver.has_begun(job["id"]))
        delivery = inspection.delivery_about(job["id"])
        assert delivery is not None
        killed = str(delivery["lease"]["owner"])
        kill_holder(deployment, Service.WEBHOOKS, killed)
        receiver.delay_s = 0
        deployment.start_services()
        settled = eventually(lambda: _settled_delivery(inspection, job["id"]))
    assert settled["state"] == "succeeded"
    require_ended_once(settled)
    require_taken_over(settled, Step.DELIVER, killed)
    twice = eventually(lambda: _received_twice(receiver, job["id"]))
    assert {request.headers["webhook-id"] for request in twice} == {settled["event_id"]}
    assert {request.body for request in twice} == {settled["body"]}


def test_a_job_is_done_although_its_gateway_died_right_after_the_202(
    api: Api, deployment: Sandbox, inspection: Inspection, items: str
) -> None:
    deployment.broker.kill()  # so that the first command dies with the gateway
    job = api.submit("chat", {"connection_id": items, "question": "How many items are there?"})
    deployment.services[Service.GATEWAY].kill()
    deployment.broker.restart()
    eventually(lambda: not inspection.unfinished([job["id"]]))
    deployment.start_services()
    assert api.job(job["id"])["output"]["rows"] == [[3]]
    require_ended_once(inspection.job(job["id"]))


def test_an_executor_that_slept_past_its_lease_is_fenced_off(
    api: Api, deployment: Sandbox, inspection: Inspection, numbers: str
) -> None:
    sleeper = deployment.services[Service.EXECUTOR]
    job_id = submit_heavy(api, numbers)
    slept = inspection.holder(job_id, Step.EXECUTE)
    assert pid_of(slept) == sleeper.pid
    refused = results_refused(deployment)
    sleeper.pause()
    with deployment.replica(Service.EXECUTOR) as second:
        eventually(lambda: inspection.job(job_id)["lease"]["owner"] != slept)
        sleeper.resume()
        assert api.ended(job_id, within_s=90)["output"]["rows"] == [[count_pairs(PAIRS_BELOW)]]
        eventually(lambda: not inspection.unpublished([job_id]))
        stored = inspection.job(job_id)
        assert pid_of(require_taken_over(stored, Step.EXECUTE, slept)) == second.pid
        assert pid_of(stored["history"][-1]["owner"]) == second.pid
    require_ended_once(stored)
    small = api.submit("execute_sql", {"connection_id": numbers, "sql": count_pairs_sql(10)})
    assert api.ended(small["id"])["output"]["rows"] == [[count_pairs(10)]]
    assert inspection.job(small["id"])["history"][-1]["owner"] == slept, "the sleeper works on"
    assert inspection.job(job_id) == stored, "what it brought too late changed nothing"
    assert results_refused(deployment) == refused, "its query was interrupted when it woke"


def test_a_job_that_kills_its_workers_ends_while_others_complete(
    api: Api, deployment: Sandbox, inspection: Inspection, numbers: str
) -> None:
    poison = submit_heavy(api, numbers, HOPELESS_PAIRS_BELOW)
    others: list[str] = []
    for losses in range(MAX_WORKER_LOSSES):
        others += [str(each["id"]) for each in _small_queries(api, numbers)]
        owner = eventually(lambda: _new_holder(inspection, poison, losses))  # noqa: B023
        kill_holder(deployment, Service.EXECUTOR, owner)
        deployment.start_services()
    ended = api.ended(poison)
    assert ended["state"] == "failed", ended
    assert ended["error"]["type"] == "/problems/worker-lost"
    stored = inspection.job(poison)
    require_ended_once(stored)
    events = [entry["event"] for entry in stored["history"]]
    assert events.count(HistoryEvent.TAKEN_OVER) == stored["worker_losses"] == MAX_WORKER_LOSSES
    for job_id in others:
        assert api.ended(job_id)["output"]["rows"] == [[count_pairs(10)]]
        require_ended_once(inspection.job(job_id))


def _small_queries(api: Api, connection: str) -> list[Body]:
    given = {"connection_id": connection, "sql": count_pairs_sql(10)}
    return [api.submit("execute_sql", given, **LONG) for _ in range(3)]


def _new_holder(inspection: Inspection, job_id: str, losses: int) -> str | None:
    """Returns who holds the job after so many losses."""
    job = inspection.job(job_id)
    assert job["state"] != "failed", job["history"]
    return str(job["lease"]["owner"]) if job.get("lease") and job["worker_losses"] == losses else None


def _settled_delivery(inspection: Inspection, job_id: str) -> Body | None:
    delivery = inspection.delivery_about(job_id)
    return delivery if delivery and delivery.get("finished_at") else None


def _received_twice(receiver: Receiver, job_id: str) -> list[Received]:
    """Returns the requests about a job once the killed sender's and its replacement's are both there."""
    requests = [each for each in tuple(receiver.received) if each.job_id == job_id]
    return requests if len(requests) > 1 else []
