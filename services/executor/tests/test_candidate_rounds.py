"""Candidates run in order under one budget; what cannot run goes back to `generate` as structured errors."""

import asyncio
from collections.abc import Mapping

import psycopg
import pytest

from rowcall_contracts.candidates import MAX_ROUNDS, OutcomeStatus
from rowcall_contracts.jobs import JsonObject
from rowcall_contracts.pipelines import Step
from rowcall_contracts.problems import ProblemType
from rowcall_contracts.resources import Connection
from rowcall_contracts.results import ResultType
from rowcall_databases.testing import PostgresServer
from rowcall_runtime.errors import Permanent
from services.executor.tests.office import ITEMS, QUERY_TIMEOUT_S, SLOW, Office, postgres_shop

ERROR = "SELECT nothing_of_the_kind FROM item"
EMPTY = "SELECT id FROM item WHERE id > 100"
REFUSED = "DELETE FROM item"

INTROSPECTED: Mapping[str, JsonObject] = {Step.INTROSPECT.value: {"fingerprint": "f", "changed": True, "elapsed_ms": 1}}


async def test_a_statement_answers_with_typed_rows_on_every_engine(office: Office, shop_uri: str) -> None:
    connection = await office.connect(shop_uri)
    job = office.statement(connection, "SELECT id, name, price FROM item ORDER BY id")

    output = await office.run(Step.EXECUTE, job)
    executed = await office.executed(job)

    engine = shop_uri.partition(":")[0].replace("postgresql", "postgres")
    assert [column.name for column in executed.columns] == ["id", "name", "price"]
    assert [column.type for column in executed.columns[:2]] == [ResultType.INTEGER, ResultType.TEXT]
    assert [row[:2] for row in executed.rows] == [(1, "anvil"), (2, "bolt"), (3, None)]
    assert (executed.dialect, executed.row_count, executed.truncated) == (engine, 3, False)
    assert (executed.result_id, executed.rows_url) == (None, f"/jobs/{job.id}/rows")
    assert output.counts == {"rows": 3}
    assert office.queries(engine, "ok") == 2


async def test_candidates_run_in_order_until_one_has_rows(office: Office, shop: Connection) -> None:
    found, output = await office.round(office.question(shop, REFUSED, ERROR, EMPTY, ITEMS, ITEMS))

    assert [outcome.status.value for outcome in found.outcomes] == ["refused", "error", "ok", "ok", "skipped"]
    assert (found.chosen, output.next_step) == (3, None)
    assert found.executed is not None
    assert found.executed.row_count == 3
    assert [each.sql for each in found.candidates] == [REFUSED, ERROR, EMPTY, ITEMS, ITEMS]
    assert office.queries("sqlite", "ok") == 2
    assert office.queries("sqlite", "error") == 1


async def test_an_answer_without_rows_is_better_than_none(office: Office, shop: Connection) -> None:
    found, _ = await office.round(office.question(shop, ERROR, EMPTY, EMPTY))

    assert (found.chosen, [outcome.status for outcome in found.outcomes[1:]]) == (1, [OutcomeStatus.OK] * 2)
    assert found.executed is not None
    assert (found.executed.rows, found.executed.row_count) == ((), 0)


async def test_a_statement_that_writes_is_refused_and_changes_nothing(office: Office, shop_uri: str) -> None:
    connection = await office.connect(shop_uri)

    with pytest.raises(Permanent) as refused:
        await office.run(Step.EXECUTE, office.statement(connection, REFUSED))

    assert refused.value.kind is ProblemType.SQL_REFUSED
    assert (await office.executed(office.statement(connection, ITEMS))).row_count == 3


@pytest.mark.parametrize(
    ("candidates", "outputs", "following"),
    [
        ((REFUSED,), {}, Step.GENERATE),
        ((REFUSED, ERROR), {}, Step.INTROSPECT),
        ((REFUSED, ERROR), INTROSPECTED, Step.GENERATE),
    ],
)
async def test_when_none_passes_the_structured_errors_go_back(
    office: Office,
    shop: Connection,
    candidates: tuple[str, ...],
    outputs: Mapping[str, JsonObject],
    following: Step,
) -> None:
    """The database said no: the structure may have changed, so it is read again, once."""
    found, output = await office.round(office.question(shop, *candidates, outputs=outputs))

    assert (output.next_step, output.ends, found.chosen, found.executed) == (following, None, None, None)
    assert all(outcome.code and outcome.message for outcome in found.outcomes), found.outcomes
    assert len(found.outcomes) == len(candidates)


async def test_the_database_names_what_it_did_not_find(office: Office, shop: Connection) -> None:
    found, _ = await office.round(office.question(shop, ERROR))
    (outcome,) = found.outcomes
    assert "nothing_of_the_kind" in (outcome.message or "")


@pytest.mark.parametrize(
    ("sql", "kind", "query_timeout_s"),
    [
        (REFUSED, ProblemType.SQL_REFUSED, QUERY_TIMEOUT_S),
        (ERROR, ProblemType.SQL_FAILED, QUERY_TIMEOUT_S),
        (SLOW, ProblemType.SQL_TIMEOUT, 0.5),
    ],
)
async def test_after_the_last_round_the_best_candidates_fault_ends_the_job(
    office: Office, shop: Connection, sql: str, kind: ProblemType
) -> None:
    before_last = office.question(shop, sql, ERROR, round_=MAX_ROUNDS - 1)
    _, output = await office.round(before_last)
    assert output.next_step is not None

    with pytest.raises(Permanent) as ended:
        await office.run(Step.EXECUTE, before_last.model_copy(update={"round": MAX_ROUNDS}))

    assert ended.value.kind is kind
    assert ended.value.detail


@pytest.mark.parametrize(("max_rows", "kept", "truncated"), [(2, 2, True), (3, 3, False), (4, 3, False)])
async def test_rows_beyond_the_callers_cap_are_left_out_and_said_so(
    office: Office, shop_uri: str, max_rows: int, kept: int, truncated: bool
) -> None:
    connection = await office.connect(shop_uri)
    executed = await office.executed(office.statement(connection, ITEMS, max_rows=max_rows))
    assert (executed.row_count, len(executed.rows), executed.truncated) == (kept, kept, truncated)


@pytest.mark.parametrize("query_timeout_s", [0.5])
async def test_a_slow_candidate_spends_the_budget_of_all(office: Office, shop_uri: str) -> None:
    connection = await office.connect(shop_uri)
    found, _ = await office.round(office.question(connection, SLOW, ITEMS))
    assert [outcome.status for outcome in found.outcomes] == [OutcomeStatus.TIMEOUT, OutcomeStatus.SKIPPED]
    assert found.chosen is None


async def test_a_cancel_stops_the_statement_in_the_database(office: Office, postgres_server: PostgresServer) -> None:
    connection = await office.connect(postgres_shop(postgres_server.uri()))
    running = asyncio.create_task(office.run(Step.EXECUTE, office.statement(connection, SLOW)))
    with psycopg.connect(postgres_server.uri(), autocommit=True) as observer:
        active = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rowcall' AND state = 'active'"
        while observer.execute(active).fetchone() == (0,):
            await asyncio.wait({running}, timeout=0.01)
            assert not running.done(), running

        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

        assert observer.execute(active).fetchone() == (0,)
