"""Results that are too large for a job lie in pages that only a finish makes visible."""

import asyncio
from datetime import timedelta

import pytest

from rowcall_contracts.outputs import INLINE_ROWS, INLINE_ROWS_BYTES
from rowcall_contracts.problems import ProblemType
from rowcall_runtime.errors import Permanent
from services.executor.tests.office import Office, sqlite_file


async def test_a_result_of_many_bytes_is_cut_and_what_is_kept_can_be_stored(office: Office) -> None:
    """16 MiB may be kept, which in the store's own format is more than one document may hold."""
    wide = [(number, "x" * 1_000_000) for number in range(20)]
    connection = await office.connect(sqlite_file(office.root / "wide.sqlite", rows=wide))
    job = office.statement(connection, "SELECT id, text FROM filler ORDER BY id")

    executed = await office.executed(job)

    assert (executed.row_count, executed.truncated, executed.rows) == (16, True, ())
    pages = sorted(await office.pages(job), key=lambda page: int(str(page["page"])))
    assert [len(page["rows"]) for page in pages] == [2] * 8  # type: ignore[arg-type]
    assert [page["first_row"] for page in pages] == list(range(0, 16, 2))


async def test_a_row_that_no_document_can_hold_is_a_problem_of_the_question(office: Office) -> None:
    huge = [(1, "x" * (16 * 2**20 - 20))]
    connection = await office.connect(sqlite_file(office.root / "huge.sqlite", rows=huge))

    with pytest.raises(Permanent) as refused:
        await office.executed(office.statement(connection, "SELECT id, text FROM filler"))

    assert refused.value.kind is ProblemType.OUTPUT_TOO_LARGE


@pytest.mark.parametrize("rows", [INLINE_ROWS, INLINE_ROWS + 1, 2_500])
async def test_more_than_a_hundred_rows_are_stored_in_pages_that_only_the_output_names(
    office: Office, rows: int
) -> None:
    connection = await office.connect(
        sqlite_file(office.root / "long.sqlite", rows=[(number, f"n{number}") for number in range(rows)])
    )
    job = office.statement(connection, "SELECT id, text FROM filler ORDER BY id")

    executed = await office.executed(job)
    pages = await office.pages(job)

    assert executed.rows == tuple((number, f"n{number}") for number in range(INLINE_ROWS))
    assert executed.row_count == rows
    if rows == INLINE_ROWS:
        assert (executed.result_id, pages) == (None, [])
        return
    pages.sort(key=lambda page: int(str(page["page"])))
    assert [page["_id"] for page in pages] == [f"{executed.result_id}:{number}" for number in range(len(pages))]
    assert {page["workspace_id"] for page in pages} == {office.workspace_id}
    assert [row for page in pages for row in page["rows"]] == [[n, f"n{n}"] for n in range(rows)]  # type: ignore[attr-defined]
    firsts = [int(str(page["first_row"])) for page in pages]
    assert firsts == [0, 1_000, 2_000][: len(pages)]
    retention = office.platform.clock.now() + timedelta(days=29)
    assert all(page["expires_at"] > retention for page in pages)  # type: ignore[operator]


async def test_rows_of_more_than_64_kib_are_stored_and_the_job_holds_those_that_fit(office: Office) -> None:
    rows = [(number, "y" * 10_000) for number in range(20)]
    connection = await office.connect(sqlite_file(office.root / "wide.sqlite", rows=rows))

    executed = await office.executed(office.statement(connection, "SELECT id, text FROM filler ORDER BY id"))

    assert len(executed.rows) == INLINE_ROWS_BYTES // 10_020
    assert executed.row_count == 20
    assert executed.result_id is not None


async def test_two_attempts_never_write_into_each_others_pages(office: Office) -> None:
    rows = [(number, "") for number in range(150)]
    connection = await office.connect(sqlite_file(office.root / "long.sqlite", rows=rows))
    job = office.statement(connection, "SELECT id FROM filler")

    first, second = await asyncio.gather(office.executed(job), office.executed(job))

    assert first.result_id != second.result_id
    assert {page["result_id"] for page in await office.pages(job)} == {first.result_id, second.result_id}
