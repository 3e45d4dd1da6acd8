"""Protected columns, by every name and none: what is refused, and what runs instead of what was asked."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, Table
from rowcall_contracts.column_policy import ColumnAction, ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_sqlguard import Reason, Verdict, check

SQLITE, DUCKDB, POSTGRES = Dialect.SQLITE, Dialect.DUCKDB, Dialect.POSTGRES


def column(name: str, kind: ColumnKind = ColumnKind.TEXT) -> Column:
    return Column(name=name, type=kind.value, kind=kind)


HOUSE = Catalog(
    dialect=POSTGRES,
    fingerprint="x",
    tables=(
        Table(name="staff", columns=(column("id", ColumnKind.INTEGER), column("name"), column("password"))),
        Table(name="dept", columns=(column("id", ColumnKind.INTEGER), column("title"))),
        Table(name="other", columns=(column("id", ColumnKind.INTEGER), column("password"))),
        Table(name="pay", namespace="hr", columns=(column("id"), column("salary", ColumnKind.INTEGER))),
    ),
    profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
)


def policy(action: ColumnAction = ColumnAction.DENY) -> ColumnPolicy:
    return ColumnPolicy(
        protected=(
            ProtectedTable.model_validate({"table": "Staff", action.value: ["Password"]}),
            ProtectedTable.model_validate({"table": "pay", "namespace": "HR", action.value: ["salary"]}),
        )
    )


def denied(sql: str, dialect: Dialect = POSTGRES, catalog: Catalog | None = None) -> Verdict:
    return check(sql, dialect=dialect, catalog=catalog, policy=policy())


def masked(sql: str, catalog: Catalog | None = None) -> Verdict:
    return check(sql, dialect=POSTGRES, catalog=catalog, policy=policy(ColumnAction.MASK))


USES = [
    "SELECT upper(password) FROM staff",
    "SELECT CASE WHEN password LIKE 'a%' THEN 1 END FROM staff",
    "SELECT 1 FROM staff WHERE password = 'a'",
    "SELECT 1 FROM staff AS s JOIN dept AS d ON s.password = d.title",
    "SELECT 1 FROM staff JOIN other USING (password)",
    "SELECT 1 FROM staff NATURAL JOIN other",
    "SELECT 1 FROM (staff NATURAL JOIN other)",
    "SELECT 1 FROM staff GROUP BY password",
    "SELECT id FROM staff GROUP BY id HAVING max(password) > 'a'",
    "SELECT id FROM staff ORDER BY password",
    "SELECT id AS password FROM staff ORDER BY password",
    "SELECT DISTINCT ON (password) id FROM staff",
    "SELECT row_number() OVER (ORDER BY password) FROM staff",
    "SELECT row_number() OVER w FROM staff WINDOW w AS (PARTITION BY password)",
    "SELECT count(*) FILTER (WHERE password > 'a') FROM staff",
    "SELECT string_agg(name, ',' ORDER BY password) FROM staff",
    "SELECT id FROM staff LIMIT (SELECT length(password) FROM staff LIMIT 1)",
    "SELECT 1 FROM dept WHERE EXISTS (SELECT 1 FROM staff WHERE password = title)",
    "SELECT (SELECT s.password) FROM staff AS s",
    "SELECT (SELECT max(password) FROM staff WHERE id = d.id) FROM dept AS d",
    "SELECT 'a' IN (SELECT password FROM staff)",
    "SELECT x.p FROM (SELECT upper(password) AS p FROM staff) AS x",
    "WITH x AS (SELECT lower(password) AS p FROM staff) SELECT p FROM x",
    "SELECT 1 FROM dept, LATERAL (SELECT 1 FROM staff WHERE password = title) AS x",
    "SELECT z.password || '' FROM other AS staff, staff AS z",
    "SELECT password || '' FROM other, staff",
    "SELECT length(j.password) FROM (staff CROSS JOIN dept) AS j",
    "WITH staff AS (SELECT 1 AS password) SELECT password FROM staff",
    "WITH RECURSIVE a AS (SELECT id FROM staff), staff AS (SELECT 1 AS password) SELECT * FROM a",
    "WITH a AS (SELECT 1 AS x), b AS (WITH a AS (SELECT id FROM staff) SELECT * FROM a) SELECT * FROM b",
    "SELECT d FROM staff AS t(a, b, d)",
    "SELECT password.x || '' FROM staff",
    "SELECT upper(pass\u200bword) FROM staff",
    "SELECT upper(\uff50assword) FROM staff",
    "SELECT salary + 1 FROM pay",
    "SELECT salary + 1 FROM hr.pay",
]

ROWS = [
    "SELECT staff FROM staff",
    "SELECT t::text FROM staff AS t",
    "SELECT to_jsonb(t) -> 'password' FROM staff AS t",
    "SELECT row_to_json(staff) FROM staff",
    "SELECT to_jsonb(public.staff) FROM public.staff",
    "SELECT count(DISTINCT t) FROM staff AS t",
    "SELECT count(t.*) FROM staff AS t",
    "SELECT 1 FROM staff AS t WHERE t IS NULL",
    "SELECT 1 FROM staff AS t, staff AS u WHERE t > u",
    "SELECT (t).* FROM staff AS t",
    "SELECT t.to_jsonb FROM staff AS t",
    "SELECT 1 FROM staff, jsonb_each(to_jsonb(staff)) AS e(k, v)",
    "SELECT j FROM (staff CROSS JOIN dept) AS j",
    "SELECT (SELECT t FROM staff AS t LIMIT 1)",
    "SELECT 1 FROM dept WHERE EXISTS (SELECT 1 FROM staff AS s WHERE s::text LIKE '%' || title)",
]

STARS_OF_UNKNOWN_COLUMNS = [
    "SELECT EXISTS (SELECT * FROM staff EXCEPT SELECT * FROM other)",
    "SELECT d FROM (SELECT * FROM staff) AS t(a, b, d)",
    "WITH x(a, b, c) AS (SELECT * FROM staff) SELECT c FROM x",
    "SELECT DISTINCT * FROM staff",
    "SELECT EXISTS (SELECT DISTINCT * FROM staff OFFSET 2)",
    "SELECT * FROM staff UNION SELECT * FROM staff",
    "SELECT * FROM staff ORDER BY 3",
    "SELECT * FROM staff ORDER BY +3",
    "(SELECT * FROM staff) ORDER BY 3",
    "SELECT * FROM (SELECT * FROM staff) AS x ORDER BY 3",
    "SELECT * FROM staff GROUP BY 1, 2, 3",
    "SELECT * FROM staff AS a, staff AS b",
    "SELECT 1 AS password, t.* FROM staff AS t",
    "SELECT x FROM (SELECT * FROM staff) AS x",
    "SELECT 'a' IN (SELECT * FROM staff)",
    "SELECT 1 WHERE (1, 'a', 'b') = (SELECT * FROM staff LIMIT 1)",
    "SELECT 1 WHERE (1, 'a', 'b') IN (TABLE staff)",
    "SELECT s.id FROM staff AS s NATURAL JOIN dept AS d",
]

DUCKDB_USES = [
    "SELECT * REPLACE (password AS id) FROM staff",
    "SELECT * RENAME (password AS p) FROM staff",
    "SELECT * EXCLUDE (a.password) FROM staff AS a, staff AS b",
    "SELECT * LIKE 'p%' FROM staff",
    "SELECT row(*) FROM staff",
    "SELECT struct_pack(*) FROM staff",
    "SELECT staff.password.x || '' FROM staff",
    "SELECT password.* FROM staff",
    "SELECT list_transform([1], x -> x + password) FROM staff",
    "SELECT (SELECT * REPLACE (s.password AS title) FROM dept) FROM staff AS s",
    "FROM staff SELECT id QUALIFY row_number() OVER (ORDER BY password) = 1",
    "SELECT x: upper(password) FROM staff",
]


@pytest.mark.parametrize("sql", USES + ROWS)
@pytest.mark.parametrize("catalog", [None, HOUSE], ids=["unknown", "known"])
@pytest.mark.parametrize("action", list(ColumnAction))
def test_a_protected_column_cannot_influence_the_result(
    sql: str, catalog: Catalog | None, action: ColumnAction
) -> None:
    assert check(sql, dialect=POSTGRES, catalog=catalog, policy=policy(action)).reason is Reason.COLUMN_PROTECTED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT password FROM staff",
        'SELECT "PassWord" AS p FROM STAFF',
        "SELECT public.staff.password FROM public.staff",
        "SELECT password.x FROM staff",
        "SELECT name FROM staff UNION ALL SELECT password FROM staff",
        "WITH x AS (SELECT password FROM staff) SELECT 1 FROM x",
        "SELECT salary FROM hr.pay",
    ],
)
@pytest.mark.parametrize("catalog", [None, HOUSE], ids=["unknown", "known"])
def test_a_denied_column_is_not_shown_either(sql: str, catalog: Catalog | None) -> None:
    assert denied(sql, catalog=catalog).reason is Reason.COLUMN_PROTECTED


@pytest.mark.parametrize("sql", STARS_OF_UNKNOWN_COLUMNS)
def test_without_a_catalog_a_star_may_only_be_shown(sql: str) -> None:
    assert denied(sql).reason is Reason.COLUMN_PROTECTED


@pytest.mark.parametrize("sql", DUCKDB_USES)
@pytest.mark.parametrize("catalog", [None, HOUSE], ids=["unknown", "known"])
def test_what_only_duckdb_can_write_is_no_way_around(sql: str, catalog: Catalog | None) -> None:
    assert denied(sql, DUCKDB, catalog).reason is Reason.COLUMN_PROTECTED


@pytest.mark.parametrize("sql", ["SELECT COLUMNS('p.*') FROM staff", "SELECT #3 FROM staff"])
def test_columns_by_pattern_or_position_are_no_part_of_a_plain_read(sql: str) -> None:
    assert not denied(sql, DUCKDB).allowed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT staff.'password' FROM staff",
        "SELECT 1 FROM staff JOIN other USING ('password')",
        "SELECT [password] FROM 'staff'",
        "SELECT `password` FROM main.staff",
        "SELECT rowid FROM staff",
        "SELECT _ROWID_ FROM staff ORDER BY oid",
    ],
)
def test_what_only_sqlite_can_write_is_no_way_around(sql: str) -> None:
    assert denied(sql, SQLITE).reason is Reason.COLUMN_PROTECTED


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT `password` FROM `staff`",
        "SELECT p\u00e1ssword FROM staff",
        "SELECT password->'$.a' FROM staff",
        "SELECT MATCH (password) AGAINST ('a') FROM staff",
        "SELECT group_concat(name ORDER BY password) FROM staff",
    ],
)
@pytest.mark.parametrize("catalog", [None, HOUSE], ids=["unknown", "known"])
def test_what_only_mysql_can_write_is_no_way_around(sql: str, catalog: Catalog | None) -> None:
    assert not denied(sql, Dialect.MYSQL, catalog).allowed


def test_sqlite_reads_a_table_by_the_name_after_in() -> None:
    assert denied("SELECT 1 WHERE (1, 'a', 'b') IN staff", SQLITE).reason is Reason.CONSTRUCT_NOT_ALLOWED


def test_a_row_number_that_is_no_key_may_be_read() -> None:
    assert denied("SELECT rowid FROM staff", SQLITE, HOUSE).allowed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT s.id, s.name FROM staff AS s WHERE s.name = 'password'",
        "SELECT COUNT(*) FROM staff",
        "SELECT other.password FROM other JOIN staff ON other.id = staff.id",
        "SELECT staff.password FROM other AS staff, staff AS z",
        "SELECT password FROM other",
        "SELECT s.id FROM staff AS s JOIN dept AS d USING (id)",
        "SELECT x FROM (SELECT id FROM staff) AS x",
        "SELECT EXISTS(SELECT * FROM staff WHERE id = 1)",
        "SELECT id AS password FROM staff",
        "SELECT p\u0430ssword FROM staff",
        "WITH x AS (SELECT id AS password FROM staff) SELECT password FROM x WHERE password > 1",
        "SELECT salary FROM public.pay",
    ],
)
def test_what_does_not_touch_a_protected_column_is_allowed_as_it_is(sql: str) -> None:
    assert denied(sql).meant == sql


@pytest.mark.parametrize("sql", ["SELECT /* password */ id FROM staff", "SELECT id -- password\nFROM staff"])
def test_comments_name_nothing(sql: str) -> None:
    assert denied(sql).meant == "SELECT id FROM staff"


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM staff", "SELECT t.* FROM staff AS t", "SELECT * FROM (SELECT * FROM staff) AS x ORDER BY id"]
)
def test_without_a_catalog_a_shown_star_names_the_columns_to_blank(sql: str) -> None:
    verdict = denied(sql)

    assert verdict.meant == sql
    assert verdict.masked_columns == {"password"}


def test_with_a_catalog_a_star_leaves_denied_columns_out() -> None:
    verdict = denied("SELECT * FROM staff JOIN dept ON staff.id = dept.id ORDER BY 2", catalog=HOUSE)

    assert verdict.meant is not None
    assert verdict.meant.startswith('SELECT staff."id", staff."name", dept.* FROM staff JOIN dept')
    assert verdict.masked_columns == frozenset()


def test_a_star_over_merged_columns_is_refused() -> None:
    assert denied("SELECT * FROM staff JOIN dept USING (id)", catalog=HOUSE).reason is Reason.COLUMN_PROTECTED


def test_a_masked_column_is_a_constant_where_it_is_shown() -> None:
    assert masked("SELECT id, password FROM staff").meant == "SELECT id, NULL AS password FROM staff"
    assert masked("SELECT password AS p FROM staff", HOUSE).meant == "SELECT '***' AS p FROM staff"
    assert masked("SELECT pay.salary FROM hr.pay", HOUSE).meant == "SELECT NULL AS salary FROM hr.pay"
    assert masked("SELECT * FROM staff", HOUSE).meant == (
        'SELECT staff."id", staff."name", \'***\' AS "password" FROM staff'
    )


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT p FROM (SELECT password AS p FROM staff) AS x WHERE p = 'a'",
        "WITH x AS (SELECT password AS p FROM staff) SELECT upper(p) FROM x",
        "SELECT 'a' IN (SELECT s.* FROM staff AS s)",
    ],
)
def test_nothing_is_computed_from_a_mask(sql: str) -> None:
    assert masked(sql, HOUSE).reason is Reason.COLUMN_PROTECTED


def test_deny_wins_over_mask() -> None:
    both = ColumnPolicy(protected=(*policy(ColumnAction.MASK).protected, *policy(ColumnAction.DENY).protected))

    assert not check("SELECT password FROM staff", dialect=POSTGRES, policy=both).allowed


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 FROM secrets",
        'SELECT 1 FROM "Secrets" AS s',
        "SELECT 1 FROM staff WHERE EXISTS (SELECT 1 FROM main.secrets)",
        "SELECT 1 FROM (dept JOIN secrets ON true)",
    ],
)
def test_a_denied_table_is_refused_wherever_it_stands(sql: str) -> None:
    forbidding = ColumnPolicy(denied_tables=(DeniedTable(table="SECRETS"),))

    assert check(sql, dialect=POSTGRES, policy=forbidding).reason is Reason.TABLE_DENIED


def test_a_denied_table_of_another_namespace_is_another_table() -> None:
    forbidding = ColumnPolicy(denied_tables=(DeniedTable(table="pay", namespace="hr"),))

    assert check("SELECT 1 FROM public.pay", dialect=POSTGRES, policy=forbidding).allowed
    assert not check("SELECT 1 FROM pay", dialect=POSTGRES, policy=forbidding).allowed


def test_a_refusal_never_repeats_a_literal() -> None:
    verdict = denied("SELECT 1 FROM staff WHERE password = 'hunter2'")

    assert "hunter2" not in verdict.detail
    assert "Password" in verdict.detail
