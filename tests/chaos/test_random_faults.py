"""Faults in random order under load: nothing that was accepted is lost, done twice or told differently twice.

`ROWCALL_CHAOS_SEED` repeats a run's faults; `ROWCALL_CHAOS_S` makes each test longer.
"""

import os
import sys
import time
from collections import Counter
from random import Random

import pytest

from tests.chaos import faults
from tests.chaos.faults import Fault
from tests.chaos.load import Load, Question, asking
from tests.integration.api import Api, eventually
from tests.integration.deployment import Sandbox
from tests.integration.heavy_query import count_pairs, count_pairs_sql, numbers_database
from tests.integration.inspection import Inspection
from tests.integration.receivers import Receiver
from tests.integration.settlement import require_all_told
from tests.integration.small_database import small_database

SEED = int(os.environ.get("ROWCALL_CHAOS_SEED", "20260"))
FAULTS_FOR_S = float(os.environ.get("ROWCALL_CHAOS_S", "40"))
SETTLED_WITHIN_S = 180
PAIRS_BELOW = 2_500
PAUSE_BETWEEN_FAULTS_S = (0.5, 3.0)

KINDS: dict[str, list[Fault]] = {
    "kills": [faults.KILL_A_SERVICE],
    "freezes": [faults.FREEZE_A_SERVICE],
    "store": [faults.KILL_THE_STORE, faults.FREEZE_THE_STORE],
    "anything": [
        faults.KILL_A_SERVICE,
        faults.FREEZE_A_SERVICE,
        faults.STOP_A_SERVICE,
        faults.KILL_THE_STORE,
        faults.FREEZE_THE_STORE,
        faults.KILL_KAFKA,
        faults.KILL_EVERYTHING,
    ],
}

pytestmark = pytest.mark.timeout(FAULTS_FOR_S + 2 * SETTLED_WITHIN_S)


@pytest.fixture
def light(api: Api, deployment: Sandbox, request: pytest.FixtureRequest) -> Question:
    """A question that goes through three services."""
    path = small_database(deployment.folder / "data" / f"items-{request.node.name}.sqlite")
    connection = api.connect(path, name="items")
    given = {"connection_id": connection, "question": "How many items are there?"}
    return Question({"kind": "chat", "input": given, "timeout_s": 900}, [[3]])


@pytest.fixture
def heavy(api: Api, deployment: Sandbox, request: pytest.FixtureRequest) -> Question:
    """A query that runs for about a second, so that faults meet it in the middle."""
    path = numbers_database(deployment.folder / "data" / f"numbers-{request.node.name}.sqlite")
    given = {"connection_id": api.connect(path, name="numbers"), "sql": count_pairs_sql(PAIRS_BELOW)}
    return Question({"kind": "execute_sql", "input": given, "timeout_s": 900}, [[count_pairs(PAIRS_BELOW)]])


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_is_lost_under_random(
    kind: str,
    api: Api,
    deployment: Sandbox,
    inspection: Inspection,
    receiver: Receiver,
    light: Question,
    heavy: Question,
) -> None:
    with api.listening(receiver.url, "chat.completed", "sql.executed"):
        with asking(deployment, light, heavy, seed=SEED) as load:
            made = break_things(deployment, KINDS[kind], Random(f"{SEED}/{kind}"))
        healed = time.monotonic()
        require_all_told(inspection, receiver, load.answers, within_s=SETTLED_WITHIN_S)
    settled_s = time.monotonic() - healed
    require_one_job_per_key(inspection, load)
    faults_made = ", ".join(f"{count}x {name}" for name, count in made.items())
    sys.stdout.write(
        f"seed {SEED}, {faults_made}: {len(load.answers)} jobs, {load.repeats} requests repeated, "
        f"settled {settled_s:.1f} s after the last fault\n"
    )


@pytest.mark.timeout(300)
def test_services_that_are_stopped_in_order_lose_no_lease(
    api: Api, deployment: Sandbox, inspection: Inspection, receiver: Receiver, light: Question, heavy: Question
) -> None:
    with api.listening(receiver.url, "chat.completed", "sql.executed"):
        with asking(deployment, light, heavy, seed=SEED) as load:
            break_things(deployment, [faults.STOP_A_SERVICE], Random(SEED))
        require_all_told(inspection, receiver, load.answers, within_s=SETTLED_WITHIN_S)
    require_one_job_per_key(inspection, load)
    assert [job["_id"] for job in inspection.jobs(list(load.answers)) if job["worker_losses"]] == []


@pytest.mark.timeout(300)
def test_unfinished_jobs_outlive_the_loss_of_kafkas_data(
    api: Api, deployment: Sandbox, inspection: Inspection, light: Question, heavy: Question
) -> None:
    with asking(deployment, light, heavy, seed=SEED) as load:
        break_things(deployment, [faults.WIPE_KAFKA], Random(SEED))
    ids = list(load.answers)
    eventually(lambda: not inspection.unfinished(ids), within_s=SETTLED_WITHIN_S, every_s=0.5)
    assert {job["state"] for job in inspection.jobs(ids)} == {"succeeded"}


def break_things(deployment: Sandbox, kinds: list[Fault], random: Random) -> Counter[str]:
    """Does one fault after the other for a while; returns how many of each were done."""
    made: Counter[str] = Counter()
    until = time.monotonic() + FAULTS_FOR_S
    while time.monotonic() < until:
        time.sleep(random.uniform(*PAUSE_BETWEEN_FAULTS_S))
        fault = random.choice(kinds)
        fault.happen(deployment, random)
        made[fault.name] += 1
    return made


def require_one_job_per_key(inspection: Inspection, load: Load) -> None:
    """Asserts that a repeated request made no second job, although the first one's answer was often lost."""
    assert load.refusals == []
    assert len(set(load.ids_by_key.values())) == len(load.ids_by_key)
    connections = {job["input"]["connection_id"] for job in inspection.jobs(list(load.answers))}
    wanted = {"$in": sorted(connections)}
    kinds = {"$in": ["chat", "execute_sql"]}
    assert inspection.count_jobs(**{"input.connection_id": wanted, "kind": kinds}) == len(load.answers)
