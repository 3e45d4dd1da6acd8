"""The check notes on the connection whether it can be asked, and says why not."""

import base64

import pytest

from rowcall_contracts.jobs import JobKind
from rowcall_contracts.outputs import ConnectionChecked
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import ConnectionState
from rowcall_runtime.errors import Permanent
from services.executor.tests.office import Office, sqlite_file

SECRET = "hunter2-not-to-be-shown"


async def test_a_database_that_answers_is_ready(office: Office, shop_uri: str) -> None:
    connection = await office.connect(shop_uri)
    output = (await office.run(Step.CHECK, office.job(JobKind.CHECK_CONNECTION, connection))).output

    stored = await office.now(connection)
    assert isinstance(output, ConnectionChecked)
    assert output.dialect.value == shop_uri.partition(":")[0].replace("postgresql", "postgres")
    assert any(letter.isdigit() for letter in output.server_version)
    assert (stored.state, stored.dialect, stored.problem) == (ConnectionState.READY, output.dialect, None)
    assert stored.version > connection.version


async def test_a_server_that_is_away_fails_at_once_because_the_caller_waits(
    office: Office, unused_tcp_port: int
) -> None:
    connection = await office.connect(f"postgresql://reader:{SECRET}@127.0.0.1:{unused_tcp_port}/shop")

    with pytest.raises(Permanent):
        await office.run(Step.CHECK, office.job(JobKind.CHECK_CONNECTION, connection))

    stored = await office.now(connection)
    assert stored.state is ConnectionState.FAILED
    assert stored.problem is not None
    assert stored.problem.detail
    assert SECRET not in stored.model_dump_json(exclude={"uri"})


async def test_a_failed_connection_that_works_again_forgets_its_problem(office: Office) -> None:
    connection = await office.connect(f"sqlite:///{office.root}/shop.sqlite")
    job = office.job(JobKind.CHECK_CONNECTION, connection)
    with pytest.raises(Permanent) as refused:
        await office.run(Step.CHECK, job)
    assert refused.value.kind is ProblemType.LOCATION_REFUSED
    failed = await office.now(connection)
    assert failed.problem is not None
    assert failed.problem.type == ProblemType.LOCATION_REFUSED.uri

    sqlite_file(office.root / "shop.sqlite")
    await office.run(Step.CHECK, job)

    mended = await office.now(connection)
    assert (mended.state, mended.problem) == (ConnectionState.READY, None)


async def test_a_check_that_fails_touches_no_other_workspace(office: Office) -> None:
    connection = await office.connect(f"sqlite:///{office.root}/absent.sqlite")
    job = office.job(JobKind.CHECK_CONNECTION, connection, workspace_id="ws_other")

    with pytest.raises(Permanent) as refused:
        await office.run(Step.CHECK, job)

    assert refused.value.kind is ProblemType.NOT_FOUND
    assert await office.now(connection) == connection


FORMER = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize("master_key", [f"{base64.b64encode(bytes(range(1, 33))).decode()},{FORMER}"])
async def test_during_a_rotation_a_connection_sealed_for_either_key_is_opened(office: Office) -> None:
    uri = sqlite_file(office.root / "shop.sqlite")
    for connection in (await office.connect(uri), await office.connect(uri, master_key=FORMER)):
        await office.run(Step.CHECK, office.job(JobKind.CHECK_CONNECTION, connection))
        assert (await office.now(connection)).state is ConnectionState.READY
