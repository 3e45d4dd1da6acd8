"""Which column says what a row is."""

import pytest

from rowcall_contracts.catalog import Column, ColumnKind, Table
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.naming import name_columns


def _table(name: str, *texts: str, numbers: tuple[str, ...] = ()) -> Table:
    columns = [Column(name=column, type="text", kind=ColumnKind.TEXT) for column in texts]
    columns += [Column(name=column, type="int", kind=ColumnKind.INTEGER) for column in numbers]
    return Table(name=name, columns=tuple(columns), primary_key=(), foreign_keys=())


@pytest.mark.parametrize(
    ("table", "named"),
    [
        (_table("company", "company", "industry", numbers=("company_id",)), "company"),
        (_table("Allergy_Type", "Allergy", "AllergyType"), "AllergyType"),
        (_table("companies", "company", "name"), "name"),
        (_table("flights", "tail", numbers=("flight",)), None),
        (_table("student", "first_name", "last_name"), "first_name"),
    ],
)
def test_a_text_called_as_its_table_names_rows_without_a_name(table: Table, named: str | None) -> None:
    assert name_columns(table)[:1] == ((ColumnRef(table.name, named),) if named else ())
