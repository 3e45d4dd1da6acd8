"""A connection's column policy and the audit of its statements, on real SQLite and a real store."""

import hashlib
import logging
from datetime import timedelta

import pytest

from rowcall_contracts.catalog import Catalog, ColumnProfile
from rowcall_contracts.column_policy import ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_contracts.jobs import Job, JobKind
from rowcall_contracts.pipelines import Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_runtime.driver import Document
from rowcall_runtime.errors import Permanent
from services.executor.tests.office import Office, sqlite_file

SECRETS = """
CREATE TABLE staff (id INTEGER PRIMARY KEY, name VARCHAR(40), password VARCHAR(40));
INSERT INTO staff VALUES (1, 'ada', 'hunter2'), (2, 'bob', 'hunter3');
CREATE TABLE vault (id INTEGER PRIMARY KEY, pin VARCHAR(4));
INSERT INTO vault VALUES (1, '0000');
"""
DENY = ProtectedTable(table="Staff", deny=("Password",))
MASK = ProtectedTable(table="Staff", mask=("Password",))


async def protected(office: Office, entry: ProtectedTable) -> Connection:
    connection = await office.connect(sqlite_file(office.root / "staff.sqlite", SECRETS))
    policy = ColumnPolicy(protected=(entry,), denied_tables=(DeniedTable(table="vault"),))
    await office.connections.note(
        connection.workspace_id, connection.id, {"column_policy": policy.model_dump(mode="json")}
    )
    return await office.now(connection)


async def introspected(office: Office, connection: Connection) -> Connection:
    job = office.job(JobKind.SUMMARIZE_DATA, connection, step=Step.INTROSPECT.value)
    await office.run(Step.INTROSPECT, job)
    return await office.now(connection)


async def rows(office: Office, connection: Connection, sql: str) -> tuple[tuple[object, ...], ...]:
    executed = await office.executed(office.statement(connection, sql))
    return tuple(tuple(row) for row in executed.rows)


async def audited(office: Office, job: Job) -> list[Document]:
    return await office.store.collection(Collection.AUDIT).find({"job_id": job.id})


@pytest.mark.parametrize("entry", [DENY, MASK], ids=["deny", "mask"])
async def test_without_a_catalog_a_star_comes_back_with_blank_cells(office: Office, entry: ProtectedTable) -> None:
    connection = await protected(office, entry)

    assert await rows(office, connection, "SELECT * FROM staff") == ((1, "ada", None), (2, "bob", None))


async def test_with_a_catalog_a_star_leaves_denied_columns_out(office: Office) -> None:
    connection = await introspected(office, await protected(office, DENY))

    assert await rows(office, connection, "SELECT * FROM staff") == ((1, "ada"), (2, "bob"))


async def test_with_a_catalog_a_masked_column_shows_the_mask(office: Office) -> None:
    connection = await introspected(office, await protected(office, MASK))

    assert await rows(office, connection, "SELECT name, password FROM staff") == (("ada", "***"), ("bob", "***"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM staff WHERE password = 'hunter2'",
        "SELECT pin FROM vault",
        "SELECT lag(name) IGNORE NULLS OVER () FROM staff",  # a generator's screening lets it pass
    ],
)
@pytest.mark.parametrize("is_known", [False, True])
async def test_a_statement_of_the_caller_and_a_generated_one_are_refused_alike(
    office: Office, sql: str, is_known: bool
) -> None:
    connection = await protected(office, MASK)
    if is_known:
        connection = await introspected(office, connection)

    with pytest.raises(Permanent):
        await office.executed(office.statement(connection, sql))
    found, _ = await office.round(office.question(connection, sql, "SELECT name FROM staff"))
    assert [outcome.status.value for outcome in found.outcomes] == ["refused", "ok"]


async def test_protected_values_are_neither_stored_nor_shown(office: Office) -> None:
    connection = await introspected(office, await protected(office, MASK))

    assert "hunter" not in str(await office.tables(connection))
    assert "0000" not in str(await office.tables(connection))
    catalog = await office.catalogs.load(connection)
    assert isinstance(catalog, Catalog)
    assert [table.name for table in catalog.tables if table.name != "filler"] == ["staff"]
    table = catalog.table("staff")
    password = table.column("password") if table is not None else None
    assert password is not None
    assert password.profile == ColumnProfile()


async def test_each_statement_leaves_a_row_without_its_text(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    connection = await protected(office, DENY)
    refused = "SELECT 1 FROM staff WHERE password = 'hunter2'"
    ran = "SELECT id FROM staff WHERE name = 'ada'"
    job = office.question(connection, refused, ran, "SELECT 3")

    with caplog.at_level(logging.DEBUG):
        await office.round(job)

    found = {str(row["statement_sha256"]): row for row in await audited(office, job)}
    assert len(found) == 2, "what was skipped did not reach the database"
    row = found[hashlib.sha256(refused.encode()).hexdigest()]
    assert (row["workspace_id"], row["target"], row["action"]) == (office.workspace_id, connection.id, "query.run")
    assert (row["outcome"], row["status"], row["reason"]) == ("denied", "refused", "column-protected")
    row = found[hashlib.sha256(ran.encode()).hexdigest()]
    assert (row["outcome"], row["status"], row["reason"]) == ("done", "ok", None)
    kept_until = office.platform.clock.now() + timedelta(days=29)
    assert all(each["expires_at"] > kept_until for each in found.values())  # type: ignore[operator]
    assert "hunter2" not in str(found) + caplog.text


async def test_a_refused_statement_of_a_caller_is_audited_although_the_job_fails(office: Office) -> None:
    connection = await office.connect(sqlite_file(office.root / "staff.sqlite", SECRETS))
    job = office.statement(connection, "DELETE FROM staff")

    with pytest.raises(Permanent):
        await office.executed(job)

    assert [(row["outcome"], row["reason"]) for row in await audited(office, job)] == [("denied", "not-a-query")]
