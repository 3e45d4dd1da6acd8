"""When two statements count as the same, and when not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_sqlgen.llm.normal_form import normal_form
from rowcall_sqlgen.llm.testing import NOW


def _table(name: str, *columns: str) -> Table:
    return Table(name=name, columns=tuple(Column(name=c, type="TEXT", kind=ColumnKind.TEXT) for c in columns))


TABLES = (_table("office", "id", "city", "size"), _table("desk", "id", "office_id", "price"))
CATALOG = Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=TABLES, profiled_at=NOW)
POSTGRES = CATALOG.model_copy(update={"dialect": Dialect.POSTGRES})

SAME = [
    ("select count(*) from office", 'SELECT COUNT(*) AS n\n FROM "office" AS o -- all'),
    (
        "SELECT city, COUNT(*) AS c FROM office o GROUP BY city ORDER BY c DESC LIMIT 1",
        "SELECT o.city, COUNT(*) FROM office AS o GROUP BY o.city ORDER BY COUNT(*) DESC LIMIT 1",
    ),
    (
        "SELECT o.city FROM office o JOIN desk d ON d.office_id = o.id WHERE o.size > 3 AND d.id = 1",
        "SELECT a.city AS x FROM office a INNER JOIN desk AS b ON b.office_id = a.id WHERE b.id = 1 AND a.size > 3",
    ),
    (
        "WITH x AS (SELECT city FROM office) SELECT city FROM x",
        "WITH y AS (SELECT city FROM office) SELECT y.city FROM y",
    ),
    ("SELECT * FROM office", "SELECT id, city, size FROM office"),
    ("SELECT city FROM office WHERE size <> 3", "SELECT city FROM office WHERE size != 3"),
]
DIFFERENT = [
    "SELECT city FROM office",
    "SELECT id FROM office",
    "SELECT DISTINCT city FROM office",
    "SELECT city FROM office ORDER BY city",
    "SELECT city FROM office ORDER BY city DESC",
    "SELECT city FROM office LIMIT 1",
    "SELECT city FROM office WHERE city = 'Lund'",
    "SELECT city FROM office WHERE city = 'lund'",
    "SELECT a.city FROM office a JOIN desk b ON a.id = b.id",
    "SELECT a.city FROM office a JOIN desk b ON a.id = b.office_id",
    "SELECT a.city FROM office a LEFT JOIN desk b ON a.id = b.office_id",
    "SELECT b.id FROM office a JOIN desk b ON a.id = b.office_id",
    "SELECT city FROM office UNION SELECT id FROM desk",
    "SELECT a.city FROM office a JOIN office b ON a.id = b.size",
    "SELECT b.city FROM office a JOIN office b ON a.id = b.size",
]


@pytest.mark.parametrize(("one", "other"), SAME)
@pytest.mark.parametrize("catalog", [CATALOG, POSTGRES], ids=["sqlite", "postgres"])
def test_spelling_alone_makes_no_difference(one: str, other: str, catalog: Catalog) -> None:
    assert normal_form(one, catalog) == normal_form(other, catalog)


@pytest.mark.parametrize(("one", "other"), list(combinations(DIFFERENT, 2)))
def test_statements_that_mean_something_else_differ(one: str, other: str) -> None:
    assert normal_form(one, CATALOG) != normal_form(other, CATALOG)


@pytest.mark.parametrize("sql", ["not SQL at all (", "", "SELECT FROM WHERE", "SELECT " + "(" * 500])
def test_text_that_cannot_be_read_stands_for_itself(sql: str) -> None:
    assert normal_form(f"  {sql} ", CATALOG) == " ".join(sql.split())


_ALIAS = st.from_regex(r"[a-z]{1,6}_", fullmatch=True)


@given(st.lists(_ALIAS, min_size=3, max_size=3, unique=True))
def test_renaming_of_aliases_changes_nothing(names: list[str]) -> None:
    first, second, named = names
    template = (
        "SELECT {a}.city AS {n}, SUM({b}.price) FROM office AS {a} JOIN desk AS {b} ON {a}.id = {b}.office_id "
        "GROUP BY {a}.city ORDER BY {n}"
    )
    renamed = template.format(a=first, b=second, n=named)
    assert normal_form(renamed, CATALOG) == normal_form(template.format(a="x", b="y", n="z"), CATALOG)
