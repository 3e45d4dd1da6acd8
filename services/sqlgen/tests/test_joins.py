"""Join paths over declared keys."""

import pytest

from rowcall_contracts.catalog import Column, ColumnKind, ForeignKey, Table
from rowcall_sqlgen.engine.joins import JoinGraph
from rowcall_sqlgen.engine.marks import ColumnRef
from rowcall_sqlgen.engine.problems import NoWay, SeveralWays
from rowcall_sqlgen.engine.routes import Routes


def _table(name: str, **keys: str) -> Table:
    columns = tuple(Column(name=column, type="int", kind=ColumnKind.INTEGER) for column in ("id", *keys))
    references = tuple(
        ForeignKey(columns=(column,), referred_table=parent, referred_columns=("id",))
        for column, parent in keys.items()
    )
    return Table(name=name, columns=columns, primary_key=("id",), foreign_keys=references)


GRAPH = JoinGraph(
    [
        _table("city"),
        _table("flight", origin="city", dest="city", plane="plane"),
        _table("plane", maker="maker"),
        _table("maker"),
        _table("island"),
        _table("strike", maker="maker"),
    ]
)


def test_shortest_path_runs_over_parents() -> None:
    [path] = GRAPH.paths("flight", "maker")
    assert [(step.near, step.far, step.to_parent) for step in path] == [
        ("flight", "plane", True),
        ("plane", "maker", True),
    ]


def test_two_keys_to_one_table_are_two_ways_unless_a_role_decides() -> None:
    with pytest.raises(SeveralWays) as raised:
        Routes(GRAPH, {}).path("flight", "city")
    assert raised.value.options == ("flight.dest", "flight.origin")
    [step] = Routes(GRAPH, {"city": "to"}).path("flight", "city")
    assert step.near_columns == ("dest",)
    [step] = Routes(GRAPH, {"city": "from"}).path("flight", "city")
    assert step.near_columns == ("origin",)


def test_bridge_is_crossed_but_a_shared_parent_is_no_link() -> None:
    [path] = GRAPH.paths("plane", "strike") or [()]
    assert path == ()
    crossed = GRAPH.paths("plane", "city")
    assert {tuple(step.far for step in path) for path in crossed} == {("flight", "city")}


def test_unconnected_tables_have_no_way() -> None:
    with pytest.raises(NoWay):
        Routes(GRAPH, {}).path("flight", "island")


def test_reference_to_a_table_outside_the_catalog_is_ignored() -> None:
    graph = JoinGraph([_table("orphan", gone="vanished")])
    assert graph.parent_of(ColumnRef("orphan", "gone")) is None
    assert graph.paths("orphan", "vanished") == ()
