import pytest

from rowcall_contracts.results import Cell, ResultColumn, ResultType
from rowcall_summarizer.column_roles import Role, role_of
from services.summarizer.tests.executed import BOOLEAN, DATE, DECIMAL, FLOAT, INTEGER, NULL, TEXT, TIMESTAMP


@pytest.mark.parametrize(
    ("name", "type_", "cells", "role"),
    [
        ("d", DATE, ("2013-01-01",), Role.TIME),
        ("t", TIMESTAMP, ("2013-01-01T05:00:00",), Role.TIME),
        ("m", TEXT, ("2013-01", None, "2013-02"), Role.TIME),
        ("d", TEXT, ("2013-01-01", "2013-01-02 05:00:00"), Role.TIME),
        ("d", TEXT, ("2013-01-01", "soon"), Role.CATEGORY),
        ("code", TEXT, ("2013-99",), Role.CATEGORY),
        ("origin", TEXT, (None, None), Role.CATEGORY),
        ("month", INTEGER, (7,), Role.ORDERED),
        ("dep_hour", FLOAT, (7.0,), Role.ORDERED),
        ("year", DECIMAL, ("2013",), Role.ORDERED),
        ("max_year", INTEGER, (2013,), Role.NUMBER),
        ("delay_minutes", INTEGER, (7,), Role.NUMBER),
        ("plane_id", INTEGER, (7,), Role.CATEGORY),
        ("count_id", INTEGER, (7,), Role.NUMBER),
        ("seats", INTEGER, (7,), Role.NUMBER),
        ("open", BOOLEAN, (True,), Role.CATEGORY),
        ("at", ResultType.TIME, ("05:00:00",), Role.CATEGORY),
        ("x", NULL, (None,), Role.OTHER),
        ("x", ResultType.BINARY, ("AAEC",), Role.OTHER),
        ("x", ResultType.OTHER, ("{}",), Role.OTHER),
    ],
)
def test_a_column_plays_the_part_of_its_type_name_and_content(
    name: str, type_: ResultType, cells: tuple[Cell, ...], role: Role
) -> None:
    assert role_of(ResultColumn(name=name, type=type_), cells) is role
