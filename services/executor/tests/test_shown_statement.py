"""What runs is capped; the statement that is shown is the one that was meant."""

import pytest

from rowcall_contracts.resources import Connection
from services.executor.tests.office import Office


async def test_the_cap_is_on_what_runs_and_not_on_what_is_shown(office: Office, shop: Connection) -> None:
    found = await office.executed(office.statement(shop, "select id from item", max_rows=2))
    assert found.sql == "SELECT id FROM item"
    assert (found.row_count, found.truncated) == (2, True)


async def test_a_question_shows_what_was_meant_too(office: Office, shop: Connection) -> None:
    passed, _ = await office.round(office.question(shop, "select id from item"))
    assert passed.executed is not None
    assert passed.executed.sql == "SELECT id FROM item"


@pytest.mark.parametrize(("limit", "rows", "truncated"), [(1, 1, False), (3, 2, True)])
async def test_a_limit_that_was_asked_for_is_shown_as_asked(
    limit: int, rows: int, *, truncated: bool, office: Office, shop: Connection
) -> None:
    sql = f"SELECT id FROM item LIMIT {limit}"
    found = await office.executed(office.statement(shop, sql, max_rows=2))
    assert found.sql == sql
    assert (found.row_count, found.truncated) == (rows, truncated)
