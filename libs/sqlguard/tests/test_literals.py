"""Whatever a literal or a name holds, what runs means the same: nothing breaks out of its quotes."""

import sqlite3

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from rowcall_contracts.catalog import Dialect
from rowcall_sqlguard import check

# Mostly the characters that end, escape or comment something out somewhere.
TEXT = st.text(alphabet=st.sampled_from("'\"\\`$-/*;%{}[]@:?#\n\tanu0é "), max_size=12)


def rewritten(sql: str, dialect: Dialect) -> str:
    verdict = check(sql, dialect=dialect)
    assert verdict.rewritten is not None, verdict
    return verdict.rewritten


def select(text: str, name: str) -> str:
    literal, identifier = text.replace("'", "''"), name.replace('"', '""')
    return f"""SELECT '{literal}' AS "{identifier}x" """


@settings(deadline=None)  # the machine may be busy
@given(text=TEXT, name=TEXT)
def test_sqlite_reads_back_the_same_text_and_name(text: str, name: str) -> None:
    connection = sqlite3.connect(":memory:")
    cursor = connection.execute(rewritten(select(text, name), Dialect.SQLITE))
    found, column = cursor.fetchall(), cursor.description[0][0]
    connection.close()

    assert (found, column) == ([(text,)], f"{name}x")


@settings(deadline=None)  # the machine may be busy
@given(text=TEXT)
def test_duckdb_reads_back_the_same_text(text: str) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(rewritten(select(text, ""), Dialect.DUCKDB)).fetchall()

    assert found == [(text,)]


@settings(deadline=None)  # the machine may be busy
@given(sql=st.text(alphabet=st.sampled_from("SELCT FROMabt01'\"\\()[]{},.;:*-+/=<>|&%$@#\n"), max_size=40))
def test_no_text_makes_the_guard_fail(sql: str) -> None:
    for dialect in Dialect:
        verdict = check(sql, dialect=dialect)
        assert verdict.allowed is (verdict.rewritten is not None)
