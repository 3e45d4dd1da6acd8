"""The figures on a large schema that is merged from small ones."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, Dialect, ForeignKey, Table
from rowcall_sqlgen.evaluate.large_schema import introspected, main, measured
from rowcall_sqlgen.evaluate.questions import Question
from rowcall_sqlgen.evaluate.table_recall import needed_tables, ranked, recall_table
from rowcall_sqlgen.evaluate.warehouse import Warehouse, merged


def _table(name: str, *columns: str, refers: str | None = None) -> Table:
    keys = [ForeignKey(columns=(columns[-1],), referred_table=refers, referred_columns=("id",))] if refers else []
    return Table(
        name=name,
        columns=tuple(Column(name=each, type="TEXT", kind=ColumnKind.TEXT) for each in columns),
        foreign_keys=tuple(keys),
    )


def _catalog(*tables: Table) -> Catalog:
    return Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=tables, profiled_at=datetime(2025, 1, 1, tzinfo=UTC))


CATALOGS = {
    "shop": _catalog(_table("Customer", "id", "name"), _table("sale", "price", "customer_id", refers="customer")),
    "bank": _catalog(_table("customer", "id", "rating"), _table("shop_customer", "id"), _table("loan", "amount")),
}


@pytest.fixture
def warehouse() -> Warehouse:
    return merged(CATALOGS, tables=12, columns=60)


def test_names_stay_where_they_are_unique_and_get_their_database_where_not(warehouse: Warehouse) -> None:
    assert warehouse.names == {
        ("shop", "customer"): "shop_Customer_2",
        ("shop", "sale"): "sale",
        ("bank", "customer"): "bank_customer",
        ("bank", "shop_customer"): "shop_customer",
        ("bank", "loan"): "loan",
    }


def test_keys_follow_the_new_names_also_in_copies(warehouse: Warehouse) -> None:
    tables = {table.name: table for table in warehouse.catalog.tables}
    assert tables["sale"].foreign_keys[0].referred_table == "shop_Customer_2"
    copy = next(table for name, table in tables.items() if name.endswith("_sale"))
    assert tables[copy.foreign_keys[0].referred_table].name.removesuffix("_2").endswith("_Customer")


def test_copies_fill_up_to_the_size_that_is_asked_for_and_no_name_stands_twice(warehouse: Warehouse) -> None:
    tables = warehouse.catalog.tables
    assert len(tables) == len({table.name.lower() for table in tables}) == 12
    assert 55 <= sum(len(table.columns) for table in tables) <= 60
    assert all(len({c.name.lower() for c in table.columns}) == len(table.columns) for table in tables)
    assert merged(CATALOGS, tables=12, columns=60).catalog == warehouse.catalog


def test_nothing_is_added_to_a_schema_that_is_large_enough() -> None:
    assert len(merged(CATALOGS, tables=1, columns=1).catalog.tables) == 5


def _question(sql: str, db: str = "shop") -> Question:
    return Question(id="q", db=db, text="q", golds=(sql,), scorable=True)


def test_needed_tables_are_those_of_the_questions_own_database(warehouse: Warehouse) -> None:
    found = needed_tables(_question("WITH x AS (SELECT * FROM sale) SELECT * FROM x JOIN CUSTOMER"), warehouse)
    assert found is not None
    assert found.tables == {"sale", "shop_Customer_2"}
    assert found.clashing
    alone = needed_tables(_question("SELECT * FROM loan", db="bank"), warehouse)
    assert alone is not None
    assert not alone.clashing


@pytest.mark.parametrize("sql", ["SELECT 1", "SELECT * FROM nowhere", "SELECT * FROM loan", "SELEC FROM ("])
def test_questions_without_known_tables_are_left_out(warehouse: Warehouse, sql: str) -> None:
    assert needed_tables(_question(sql), warehouse) is None


def test_a_question_counts_as_found_only_with_all_its_tables(warehouse: Warehouse) -> None:
    both = needed_tables(_question("SELECT * FROM sale JOIN customer"), warehouse)
    one = needed_tables(_question("SELECT * FROM sale"), warehouse)
    assert both is not None
    assert one is not None
    results = ranked([both, one], lambda _: ["sale", "loan", "x", "y", "z", "shop_Customer_2"])
    lines = [line.split() for line in recall_table(results).splitlines()]
    assert lines[2:6] == [
        ["1", "50.0%", "66.7%", "100.0%"],
        ["5", "50.0%", "66.7%", "100.0%"],
        ["10", "100.0%", "100.0%", "100.0%"],
        ["16", "100.0%", "100.0%", "100.0%"],
    ]


def test_tool_prints_size_and_recall(databases: Path, questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sizes = ["--tables", "20", "--columns", "150"]
    assert main(["--questions", str(questions), "--databases", str(databases), *sizes]) == 0
    said = capsys.readouterr().out
    assert "catalog: 20 tables, 1" in said
    assert "questions left out, for want of known tables: 3\n" in said
    assert "\n    10     100.0%   100.0%" in said


def test_a_folder_without_databases_is_said(
    tmp_path: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--questions", str(questions), "--databases", str(tmp_path)]) == 2
    assert "unknown database" in capsys.readouterr().err


def test_introspected_databases_are_those_of_the_folder(databases: Path) -> None:
    catalogs = introspected(databases)
    assert list(catalogs) == ["bakery", "market"]
    figures = measured([_question("SELECT * FROM cake", db="bakery")], merged(catalogs, tables=1, columns=1))
    assert "catalog: 6 tables" in figures
