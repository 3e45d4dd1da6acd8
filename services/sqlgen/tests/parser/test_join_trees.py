"""Of several keys between two tables, the one that the question names joins them."""

import pytest

from rowcall_contracts.catalog import Column, ColumnKind, ForeignKey, Table
from rowcall_sqlgen.engine.joins import JoinGraph
from rowcall_sqlgen.parser.join_trees import JoinTrees


def _table(name: str, **keys: str) -> Table:
    columns = tuple(Column(name=column, type="int", kind=ColumnKind.INTEGER) for column in ("id", *keys))
    references = tuple(
        ForeignKey(columns=(column,), referred_table=parent, referred_columns=("id",))
        for column, parent in keys.items()
    )
    return Table(name=name, columns=columns, primary_key=("id",), foreign_keys=references)


TABLES = {
    each.name: each
    for each in (
        _table("trip", start_station_id="station", end_station_id="station"),
        _table("problem", reported_by_staff_id="staff", closed_by_staff_id="staff"),
        _table("flight", origin_id="city", dest_id="city"),
        _table("station"),
        _table("staff"),
        _table("city"),
    )
}
GRAPH = JoinGraph(TABLES.values())


@pytest.mark.parametrize(
    ("question", "tables", "key"),
    [
        ("how many trips did not end in Rome", ("trip", "station"), "end_station_id"),
        ("stations at which a trip started", ("station", "trip"), "start_station_id"),
        ("the staff who closed problem 3", ("staff", "problem"), "closed_by_staff_id"),
        ("the staff who reported problem 3", ("staff", "problem"), "reported_by_staff_id"),
        ("the problems of each member of staff", ("problem", "staff"), "reported_by_staff_id"),
        ("the destination city of each flight", ("flight", "city"), "dest_id"),
        ("the city of departure of each flight", ("flight", "city"), "origin_id"),
    ],
)
def test_the_key_that_the_question_names_joins_the_tables(question: str, tables: tuple[str, str], key: str) -> None:
    tree = JoinTrees(TABLES, GRAPH, question.split()).tree(tables)
    assert tree is not None
    [join] = tree[1]
    assert key in (*join.step.near_columns, *join.step.far_columns)
