"""From a connection's id to its database: what may not be opened ends the job, and nothing that is shown is secret."""

import pytest

from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Collection, Connection
from rowcall_runtime.errors import Permanent, Retryable
from services.executor.tests.office import ITEMS, Office, sqlite_file

SECRET = "hunter2-not-to-be-shown"


async def test_a_connection_of_another_workspace_is_not_found(office: Office, shop: Connection) -> None:
    foreign = office.statement(shop, ITEMS).model_copy(update={"workspace_id": "ws_other"})
    for step in (Step.CHECK, Step.INTROSPECT, Step.EXECUTE):
        with pytest.raises(Permanent) as refused:
            await office.run(step, foreign)
        assert refused.value.kind is ProblemType.NOT_FOUND


async def test_a_connection_that_was_deleted_meanwhile_is_not_found(office: Office, shop: Connection) -> None:
    await office.connections.delete(office.workspace_id, shop.id)
    for step in (Step.CHECK, Step.INTROSPECT, Step.EXECUTE):
        with pytest.raises(Permanent) as refused:
            await office.run(step, office.statement(shop, ITEMS))
        assert refused.value.kind is ProblemType.NOT_FOUND


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("sqlite:////etc/passwd", ProblemType.LOCATION_REFUSED),
        ("sqlite:///{root}/absent.sqlite", ProblemType.LOCATION_REFUSED),
        ("duckdb:///{root}/shop.sqlite", ProblemType.CONNECTION_FAILED),
        (f"postgresql://reader:{SECRET}@10.1.2.3/shop", ProblemType.LOCATION_REFUSED),
        (f"oracle://reader:{SECRET}@db.example.com/shop", ProblemType.LOCATION_REFUSED),
    ],
)
async def test_a_place_that_may_not_be_opened_ends_the_job_and_shows_no_secret(
    office: Office, shop: Connection, uri: str, kind: ProblemType
) -> None:
    assert shop.id
    connection = await office.connect(uri.format(root=office.root))
    with pytest.raises(Permanent) as refused:
        await office.run(Step.EXECUTE, office.statement(connection, ITEMS))
    assert refused.value.kind is kind
    assert SECRET not in refused.value.detail
    assert str(office.root) not in refused.value.detail


async def test_a_uri_that_was_sealed_for_another_key_cannot_be_opened(office: Office) -> None:
    other_key = "A" * 43 + "="
    connection = await office.connect(sqlite_file(office.root / "shop.sqlite"), master_key=other_key)
    with pytest.raises(Permanent) as refused:
        await office.run(Step.EXECUTE, office.statement(connection, ITEMS))
    assert refused.value.kind is ProblemType.CONNECTION_FAILED
    assert "another key" in refused.value.detail


async def test_a_server_that_is_away_is_tried_again(office: Office, unused_tcp_port: int) -> None:
    connection = await office.connect(f"postgresql://reader:{SECRET}@127.0.0.1:{unused_tcp_port}/shop")
    with pytest.raises(Retryable) as failed:
        await office.run(Step.EXECUTE, office.statement(connection, ITEMS))
    assert SECRET not in failed.value.detail
    assert await office.store.collection(Collection.RESULTS).count({"workspace_id": office.workspace_id}) == 0
