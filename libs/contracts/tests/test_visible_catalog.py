"""A catalog under a column policy."""

from datetime import UTC, datetime

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.column_policy import ColumnPolicy, DeniedTable, ProtectedTable
from rowcall_contracts.visible_catalog import visible_catalog, without_protected_values

SEEN = ColumnProfile(distinct_count=2, minimum="a", maximum="z", values=("a", "z"), samples=("a",))


def table(name: str, *columns: str, **fields: object) -> Table:
    found = [Column(name=column, type="TEXT", kind=ColumnKind.TEXT, profile=SEEN) for column in columns]
    return Table.model_validate({"name": name, "columns": found, **fields})


STAFF_KEY = ForeignKey(columns=("staff",), referred_table="staff", referred_columns=("badge",))
SECRET_KEY = ForeignKey(columns=("secret",), referred_table="secrets", referred_columns=("id",))
CATALOG = Catalog(
    dialect=Dialect.SQLITE,
    fingerprint="f",
    tables=(
        table("staff", "id", "badge", "email", primary_key=("badge",)),
        table("visit", "id", "staff", "secret", primary_key=("id",), foreign_keys=(STAFF_KEY, SECRET_KEY)),
        table("secrets", "id"),
    ),
    profiled_at=datetime(2026, 1, 1, tzinfo=UTC),
)
POLICY = ColumnPolicy(
    protected=(ProtectedTable(table="STAFF", deny=("Badge",), mask=("badge", "Email")),),
    denied_tables=(DeniedTable(table="Secrets"),),
)


def shape(catalog: Catalog) -> dict[str, list[str]]:
    return {table.name: [column.name for column in table.columns] for table in catalog.tables}


def valued(catalog: Catalog) -> set[str]:
    columns = [(table, column) for table in catalog.tables for column in table.columns]
    return {f"{table.name}.{column.name}" for table, column in columns if column.profile != ColumnProfile()}


def test_without_a_policy_all_is_kept_and_shown() -> None:
    assert without_protected_values(CATALOG, None) == visible_catalog(CATALOG, None) == CATALOG


def test_what_is_kept_has_the_whole_structure_and_no_protected_value() -> None:
    kept = without_protected_values(CATALOG, POLICY)

    assert shape(kept) == shape(CATALOG)
    assert valued(kept) == {"staff.id", "visit.id", "visit.staff", "visit.secret"}


def test_what_is_shown_has_no_denied_column_table_or_key() -> None:
    shown = visible_catalog(CATALOG, POLICY)

    assert shape(shown) == {"staff": ["id", "email"], "visit": ["id", "staff", "secret"]}
    assert valued(shown) == {"staff.id", "visit.id", "visit.staff", "visit.secret"}
    assert [table.primary_key for table in shown.tables] == [(), ("id",)]
    assert [table.foreign_keys for table in shown.tables] == [(), ()]


def test_an_entry_of_another_namespace_is_about_another_table() -> None:
    elsewhere = ColumnPolicy(protected=(ProtectedTable(table="staff", namespace="hr", deny=("id",)),))
    catalog = CATALOG.model_copy(update={"tables": (table("staff", "id", namespace="public"),)})

    assert visible_catalog(catalog, elsewhere) == catalog
    assert shape(visible_catalog(CATALOG, elsewhere))["staff"] == ["badge", "email"]
