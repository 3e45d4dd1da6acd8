"""Non-interference: what is allowed answers the same on databases that differ in a protected column alone.

The statements are generated, most of them valid; names of tables and columns return as aliases to confuse the scopes.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_contracts.column_policy import ColumnAction, ColumnPolicy, ProtectedTable
from rowcall_contracts.identifiers import fold_name
from rowcall_sqlguard import Verdict, check

KEY, TEXT = ColumnKind.INTEGER, ColumnKind.TEXT
TABLES = {
    "staff": {"id": KEY, "name": TEXT, "dept": KEY, "password": TEXT},
    "dept": {"id": KEY, "title": TEXT, "password": TEXT},
}
CATALOG = Catalog(
    dialect=Dialect.SQLITE,
    fingerprint="x",
    tables=tuple(
        Table(name=name, columns=tuple(Column(name=key, type=kind, kind=kind) for key, kind in columns.items()))
        for name, columns in TABLES.items()
    ),
    profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
)
ALIASES = ("alias1", "alias2", "alias3", "alias4")
CONFUSING = ("staff", "dept", "password", "name", "x")
NAMES = ("id", "name", "dept", "title", "password", "password", "staff", "rowid", '"password:1"', "column4")


class Statements:
    """Draws parts of a statement; `draw` is Hypothesis's."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._visible: list[tuple[str, Sequence[str]]] = []
        self._common: list[tuple[str, Sequence[str]]] = []

    def statement(self) -> str:
        sql = ""
        if self._rarely():
            body, columns = self._query(1)
            sql = f"WITH {self._one('', 'RECURSIVE ')}alias4 AS ({body}) "
            self._common.append(("alias4", columns))
        return sql + self._query(2)[0] + self._one("", "", " ORDER BY 1", "", " ORDER BY 4", " LIMIT 2")

    def _query(self, depth: int) -> tuple[str, Sequence[str]]:
        sql, columns = self._select(depth)
        if depth and self._rarely() and not re.search("ORDER BY|LIMIT", sql):
            operation = self._one("UNION ALL", "UNION", "EXCEPT", "INTERSECT")
            other = (
                f"SELECT {', '.join(self._one('1', 'id', 'id', 'password') for _ in columns)} FROM {self._one(*TABLES)}"
            )
            return f"{sql} {operation} {self._one(other, sql)}", columns
        return sql, columns

    def _select(self, depth: int) -> tuple[str, Sequence[str]]:
        outside = list(self._visible)
        from_ = self._from(depth)
        items, columns = self._items(depth)
        sql = f"SELECT {self._one('', '', '', 'DISTINCT ')}{items} FROM {from_}"
        if self._rarely():
            sql += f" WHERE {self._condition(depth)}"
        if self._rarely():
            sql += f" GROUP BY {self._one(self._column(), '1', '4')}"
            sql += self._one("", f" HAVING max({self._column()}) > 'b'")
        if self._rarely():
            sql += f" ORDER BY {self._one(self._column(), self._column(), '1', '4')} {self._one('', 'DESC')}"
        sql += self._one("", "", "", " LIMIT 1")
        self._visible = outside
        return sql, columns

    def _from(self, depth: int) -> str:
        sql = self._relation(depth, "alias1")
        if self._rarely():
            join = self._one(
                ", {}", " JOIN {} ON 1", " NATURAL JOIN {}", " JOIN {} USING (id)", " JOIN {} USING (password)"
            )
            sql += join.format(self._relation(depth, "alias2"))
        return sql

    def _relation(self, depth: int, alias: str) -> str:
        if depth and self._rarely():
            hidden, self._visible = self._visible, []
            body, columns = self._query(depth - 1)
            self._visible = [*hidden, (alias, columns)]
            return f"({body}) AS {alias}"
        name, known = self._draw(st.sampled_from([*TABLES.items(), ("staff", TABLES["staff"]), *self._common]))
        given = self._one(name, alias)
        self._visible.append((given, list(known)))
        return name if given == name else f"{name} AS {given}"

    def _items(self, depth: int) -> tuple[str, Sequence[str]]:
        if self._rarely():
            star = self._one("*", f"{self._visible[-1][0]}.*")
            return star, self._visible[-1][1]
        items = [self._expression(depth) for _ in range(self._draw(st.integers(1, 3)))]
        names = [self._one("", "p", "password", "name") for _ in items]
        shown = [f"{item} AS {name}" if name else item for item, name in zip(items, names, strict=True)]
        return ", ".join(shown), [name or item.rpartition(".")[2] for item, name in zip(items, names, strict=True)]

    def _expression(self, depth: int) -> str:
        column = self._column()
        plain = (column, column, column, "count(*)", f"upper({column})", f"max({column})", f"count(DISTINCT {column})")
        if depth and self._rarely():
            body, columns = self._select(depth - 1)
            exists = f"EXISTS ({body})"
            return self._one(f"({body})", f"{column} IN ({body})", exists) if len(columns) == 1 else exists
        return self._one(*plain, f"row_number() OVER (ORDER BY {column})", f"CASE WHEN {column} > 'b' THEN 1 END")

    def _condition(self, depth: int) -> str:
        return self._one(f"{self._column()} > 'b'", f"{self._column()} = {self._column()}", self._expression(depth))

    def _column(self) -> str:
        alias, columns = self._draw(st.sampled_from(self._visible))
        harmless = [column for column in columns if column.isidentifier() and column != "password"] or ["id"]
        name = self._one(*(harmless * 3), "password", self._one(*NAMES))
        return self._one(name, f"{alias}.{name}", f"{self._one(*ALIASES, *TABLES)}.{name}" if self._rarely() else name)

    def _rarely(self) -> bool:
        return self._draw(st.integers(0, 3)) == 0

    def _one(self, *choices: str) -> str:
        return self._draw(st.sampled_from(choices))


@st.composite
def statements(draw: st.DrawFn) -> str:
    return Statements(draw).statement()


def renamed(sql: str, names: Sequence[str]) -> str:
    pairs = dict(zip(ALIASES, names, strict=True))
    return re.sub(r"\balias\d\b", lambda found: pairs[found[0]], sql)


def policy(action: ColumnAction) -> ColumnPolicy:
    return ColumnPolicy(protected=(ProtectedTable.model_validate({"table": "STAFF", action.value: ["Password"]}),))


def database(passwords: Sequence[str | None]) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.executescript(
        "CREATE TABLE staff (id INTEGER, name TEXT, dept INTEGER, password TEXT);"
        "CREATE TABLE dept (id INTEGER, title TEXT, password TEXT);"
        "INSERT INTO dept VALUES (1, 'a', 'b'), (2, 'c', 'd'), (3, 'b', 'z')"
    )
    rows = [
        (number, name, number % 2 + 1, word) for number, (name, word) in enumerate(zip("abcd", passwords, strict=True))
    ]
    connection.executemany("INSERT INTO staff VALUES (?, ?, ?, ?)", rows)
    return connection


@pytest.fixture(scope="module")
def databases() -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    with closing(database(["a", "b", "b", "z"])) as one, closing(database(["z", "d", "a", None])) as other:
        yield one, other


def shown(connection: sqlite3.Connection, verdict: Verdict) -> object:
    """Returns what a caller sees: the rows with the cells blanked that the verdict names, or that there is an error."""
    assert verdict.rewritten is not None
    try:
        cursor = connection.execute(verdict.rewritten)
        rows = cursor.fetchall()
    except sqlite3.Error as error:
        return str(error)
    hidden = [fold_name(column[0]) in verdict.masked_columns for column in cursor.description]
    return [tuple(None if hide else cell for cell, hide in zip(row, hidden, strict=True)) for row in rows]


SOME = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(SOME, max_examples=200)
confusing = st.lists(st.sampled_from(CONFUSING), min_size=4, max_size=4)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("catalog", [None, CATALOG], ids=["unknown", "known"])
def test_a_protected_column_never_changes_an_answer(
    catalog: Catalog | None, databases: tuple[sqlite3.Connection, sqlite3.Connection]
) -> None:
    answered = Counter[ColumnAction]()

    @MANY
    @given(statements(), confusing)
    def holds(sql: str, names: Sequence[str]) -> None:
        # Statements cost as much to draw as to check: each is for both actions. A set: few have no alias to rename.
        for spelling, action in product({sql, renamed(sql, names)}, ColumnAction):
            verdict = check(spelling, dialect=Dialect.SQLITE, catalog=catalog, policy=policy(action))
            if verdict.allowed:
                one, other = (shown(connection, verdict) for connection in databases)
                answered[action] += isinstance(one, list)
                assert one == other

    holds()
    assert all(answered[action] > 15 for action in ColumnAction), "the generator makes too few statements that run"


@pytest.mark.parametrize("catalog", [None, CATALOG], ids=["unknown", "known"])
def test_what_may_run_passes_again_and_stays_as_it_is(catalog: Catalog | None) -> None:
    @SOME
    @given(statements())
    def holds(sql: str) -> None:
        for action in ColumnAction:
            verdict = check(sql, dialect=Dialect.SQLITE, catalog=catalog, policy=policy(action))
            if verdict.rewritten is not None:
                again = check(verdict.rewritten, dialect=Dialect.SQLITE, catalog=catalog, policy=policy(action))
                assert (again.rewritten, again.masked_columns) == (verdict.rewritten, verdict.masked_columns)

    holds()


@pytest.mark.parametrize("catalog", [None, CATALOG], ids=["unknown", "known"])
def test_new_names_for_aliases_change_no_decision(catalog: Catalog | None) -> None:
    @SOME
    @given(statements())
    def holds(sql: str) -> None:
        verdict, other = (
            check(spelling, dialect=Dialect.SQLITE, catalog=catalog, policy=policy(ColumnAction.DENY))
            for spelling in (sql, renamed(sql, ("fresh", "other_1", "t", "zz")))
        )
        assert (verdict.allowed, verdict.reason) == (other.allowed, other.reason)
        if verdict.meant is not None:
            assert other.meant == renamed(verdict.meant, ("fresh", "other_1", "t", "zz"))

    holds()
