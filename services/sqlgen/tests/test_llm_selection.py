"""Which of a thousand tables a prompt shows."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_sqlgen.engine.identifiers import identifier_words
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.engine.words import words
from rowcall_sqlgen.llm.relevance import values_named
from rowcall_sqlgen.llm.selection import select_tables

AREAS = (
    "sales purchase stock payroll clinic school fleet hotel energy insurance mining library airport farm museum".split()
)
AREAS += "bank court kitchen theatre harbour forest laboratory festival railway stadium depot tower".split()
THINGS = "order invoice customer supplier product employee contract shipment payment ticket visit room device".split()
THINGS += "meter claim lesson patient route berth loan recipe permit sample seat exhibit tree verdict grant".split()
THINGS += "budget audit review reading repair rental policy deposit transfer parcel".split()
TRAITS = "amount weight height status colour rating deadline priority currency discount surface capacity owner".split()
TRAITS += "origin destination language category duration temperature pressure voltage revision grade score".split()
SEED = 20_250_101
QUESTIONS = 150


def _column(name: str, *values: str) -> Column:
    return Column(name=name, type="TEXT", kind=ColumnKind.TEXT, profile=ColumnProfile(values=values))


def _named(area: str, thing: str) -> str:
    """Spells a table's name in the habit of its area: snake case, camel case, or with a technical prefix."""
    styles = (f"{area}_{thing}", f"{area.title()}{thing.title()}", f"tbl_{area}_{thing}")
    return styles[AREAS.index(area) % len(styles)]


def _table(area: str, at: int, chance: random.Random) -> Table:
    name = _named(area, THINGS[at])
    parents = chance.sample([_named(area, other) for other in THINGS[:at]], k=min(at, chance.randint(1, 2)))
    columns = [_column(key) for key in (f"{name}_id", *(f"{parent}_id" for parent in parents), "created_at")]
    columns += [_column(trait) for trait in chance.sample(TRAITS, k=17 - len(parents))]
    columns += [_column("code", f"{area} {THINGS[at]} alpha", f"{THINGS[at]} {area} beta")]
    keys = [
        ForeignKey(columns=(f"{parent}_id",), referred_table=parent, referred_columns=(f"{parent}_id",))
        for parent in parents
    ]
    return Table(name=name, columns=tuple(columns), primary_key=(f"{name}_id",), foreign_keys=tuple(keys), row_count=9)


def _wide_catalog(chance: random.Random) -> Catalog:
    """1,000 tables of 20 columns; each but the first of an area refers to one or two others of it."""
    tables = [_table(area, at, chance) for area, at in product(AREAS, range(len(THINGS)))][:1_000]
    chance.shuffle(tables)
    return _catalog(*tables)


def _catalog(*tables: Table) -> Catalog:
    return Catalog(
        dialect=Dialect.POSTGRES, fingerprint="f", tables=tables, profiled_at=datetime(2025, 1, 1, tzinfo=UTC)
    )


@pytest.fixture(scope="module")
def wide() -> SchemaIndex:
    return build_index(_wide_catalog(random.Random(SEED)))


def _spoken(name: str) -> str:
    return " ".join(word for word in identifier_words(name) if word != "tbl")


def _questions(index: SchemaIndex, chance: random.Random) -> Iterator[tuple[str, set[str]]]:
    """Yields questions with the tables that they need: one, a reference, a bridge between two, or by a stored value."""
    tables = sorted((table for table in index.tables.values() if table.foreign_keys), key=lambda table: table.name)
    for _ in range(QUESTIONS):
        table = chance.choice(tables)
        parents = [key.referred_table for key in table.foreign_keys]
        first, last, children = _spoken(parents[0]), _spoken(parents[-1]), f"{_spoken(table.name)}s"
        trait = chance.choice(table.columns[-10:-1]).name
        yield chance.choice(
            [
                (f"How many {children} are there per {trait}?", {table.name}),
                (f"What is the highest {trait} of the {children}?", {table.name}),
                (f"List {first}s with more than three {children}", {table.name, parents[0]}),
                (f"Average {trait} of {children} for each {first}", {table.name, parents[0]}),
                (f"Show the {trait} of {table.columns[-1].profile.values[0]}", {table.name}),
                (f"Which {first}s have which {last}s, by their {children}?", {table.name, *parents}),
            ]
        )


def test_the_needed_tables_are_among_the_first_ten_of_a_thousand(wide: SchemaIndex) -> None:
    asked = list(_questions(wide, random.Random(SEED + 1)))
    needed = sum(len(tables) for _, tables in asked)
    found = sum(len(tables & set(select_tables(question, wide).tables[:10])) for question, tables in asked)
    assert len(wide.tables) == 1_000
    assert found / needed >= 0.97, f"recall@10 is {found / needed:.3f}"


def test_selection_from_a_thousand_tables_takes_a_fraction_of_a_second_of_one_core(wide: SchemaIndex) -> None:
    started = time.process_time()
    for question, _ in list(_questions(wide, random.Random(SEED)))[:20]:
        select_tables(question, wide)
    assert (time.process_time() - started) / 20 < 0.2


def _linked(name: str, *parents: str) -> Table:
    keys = (
        ForeignKey(columns=(f"{parent}_id",), referred_table=parent, referred_columns=("id",)) for parent in parents
    )
    columns = (_column("id"), *(_column(f"{parent}_id") for parent in parents))
    return Table(name=name, columns=columns, primary_key=("id",), foreign_keys=tuple(keys))


NOISE = tuple(_linked(f"noise{number}", f"noise{number // 2}", f"noise{number // 3}") for number in range(50))


def test_bridge_tables_that_the_question_does_not_name_are_selected_with_their_joins() -> None:
    keys = (
        ForeignKey(columns=("a",), referred_table="student", referred_columns=("id",)),
        ForeignKey(columns=("b",), referred_table="course", referred_columns=("id",)),
    )
    bridge = Table(name="x17", columns=(_column("a"), _column("b")), foreign_keys=keys)
    index = build_index(_catalog(*NOISE, bridge, _linked("student"), _linked("course")))
    selection = select_tables("Which students take which courses?", index)
    assert set(selection.tables[:3]) == {"student", "course", "x17"}
    assert {condition.text for condition in selection.joins} == {
        "x17.a = student.id",
        "x17.b = course.id",
    }


def test_a_table_that_a_tried_statement_names_comes_first_whatever_the_question_says() -> None:
    index = build_index(_catalog(*NOISE, _linked("student")))
    assert select_tables("How many students?", index, named=["noise7"]).tables[:2] == ("noise7", "student")


def test_a_question_without_a_known_word_still_gets_every_table_hubs_first() -> None:
    hub = _linked("enrolment", "student", "course", "noise1")
    index = build_index(_catalog(*NOISE, hub, _linked("student"), _linked("course")))
    selection = select_tables("Wie viele gibt es?", index)
    assert selection.tables[0] == "enrolment"
    assert set(selection.tables) == set(index.tables)


def test_a_table_that_refers_to_the_named_one_counts_less_than_the_named_one() -> None:
    index = build_index(_catalog(*NOISE, _linked("course"), _linked("lesson", "course")))
    scores = ranked_tables(words("How many courses?"), index)
    assert 0 < scores["lesson"] < 0.75 * scores["course"]


def test_one_rare_word_says_more_than_two_that_every_table_has() -> None:
    usual = [Table(name=f"usual{number}", columns=(_column("status"), _column("grade"))) for number in range(50)]
    index = build_index(_catalog(*usual, Table(name="x", columns=(_column("tonnage"),))))
    assert select_tables("status and grade by tonnage", index).tables[0] == "x"


def test_a_table_is_found_by_its_description_and_by_a_stored_value() -> None:
    described = _linked("t93").model_copy(update={"description": "Reimbursements paid to travellers"})
    valued = Table(name="t94", columns=(_column("c", "Ghent harbour", "Lund"),))
    index = build_index(_catalog(*NOISE, described, valued))
    assert select_tables("total reimbursements", index).tables[0] == "t93"
    assert select_tables("everything about ghent harbour", index).tables[0] == "t94"
    assert [mention.value for mention in values_named("everything about ghent harbour", index)] == ["Ghent harbour"]
