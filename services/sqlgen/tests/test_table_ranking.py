"""Which tables a question needs, on small catalogs."""

from datetime import UTC, datetime

import pytest

from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_sqlgen.engine.focus import MOST_TABLES, focused
from rowcall_sqlgen.engine.index import SchemaIndex, build_index
from rowcall_sqlgen.engine.marks import TableMention
from rowcall_sqlgen.engine.table_ranking import ranked_tables
from rowcall_sqlgen.engine.table_words import stem
from rowcall_sqlgen.engine.terms import Term
from rowcall_sqlgen.engine.words import words


def _column(name: str, *values: str) -> Column:
    return Column(name=name, type="TEXT", kind=ColumnKind.TEXT, profile=ColumnProfile(values=values))


def _table(name: str, *columns: Column | str, refers: tuple[str, ...] = ()) -> Table:
    keys = [ForeignKey(columns=(f"{each}_id",), referred_table=each, referred_columns=("id",)) for each in refers]
    own = [each if isinstance(each, Column) else _column(each) for each in columns]
    return Table(
        name=name,
        columns=(_column("id"), *(_column(f"{each}_id") for each in refers), *own),
        primary_key=("id",),
        foreign_keys=tuple(keys),
    )


NOISE = tuple(_table(f"thing{number}", "title", "remark", "amount") for number in range(30))


def _index(*tables: Table, terms: tuple[Term, ...] = ()) -> SchemaIndex:
    catalog = Catalog(
        dialect=Dialect.POSTGRES,
        fingerprint="f",
        tables=(*NOISE[:15], *tables, *NOISE[15:]),
        profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    return build_index(catalog, terms)


def _first(question: str, index: SchemaIndex, count: int = 1) -> list[str]:
    return list(ranked_tables(words(question), index))[:count]


SCHOOL = _index(
    _table("student", "name", "major"),
    _table("course", "name", "credits"),
    _table("x17", refers=("student", "course")),
    _table("student_card", "colour"),
    _table("advisor", "room"),
    _table("building", _column("campus", "Graz", "Turin"), "height"),
    _table("instructor", "salary"),
    _table("faculty", _column("rank", "Professor", "Assistant Dean")),
    _table("emp_contract", "pay"),
    _table("wide_student", "name", *(f"student_c{number}" for number in range(60))),
)


@pytest.mark.parametrize(
    ("question", "table"),
    [
        ("How many students are there?", "student"),
        ("Which colours do student cards have?", "student_card"),
        ("students by major", "student"),
        ("What is in Turin?", "building"),
        ("everything about 'Graz'", "building"),
        ("How many professors are there?", "faculty"),
        ("What do assistant deans do?", "faculty"),
        ("Who is advising?", "advisor"),
        ("Show the credits", "course"),
        ("contracts of all kinds", "emp_contract"),
        ("Who are the teachers?", "instructor"),
        ("students' names", "student"),
    ],
)
def test_the_needed_table_comes_first(question: str, table: str) -> None:
    assert _first(question, SCHOOL) == [table]


def test_a_bridge_between_two_named_tables_comes_before_other_tables_of_their_words() -> None:
    assert set(_first("Which students take which courses?", SCHOOL, 3)) == {"student", "course", "x17"}


def test_a_name_that_several_systems_have_is_told_by_the_tables_that_are_joined_with_it() -> None:
    shops = [
        table
        for system, thing in (("east", "berth"), ("west", "vault"), ("south", "barn"))
        for table in (_table(f"{system}_customer", "name"), _table(thing, refers=(f"{system}_customer",)))
    ]
    index = _index(*shops)
    assert set(_first("customers by vault", index, 2)) == {"west_customer", "vault"}
    assert set(_first("barns of customers", index, 2)) == {"south_customer", "barn"}


def test_a_table_whose_whole_name_is_said_comes_before_those_that_have_the_words_elsewhere() -> None:
    crowd = [_table(f"student_{part}", "advisor") for part in ("card", "grade", "copy", "batch")]
    index = _index(*crowd, _table("advisor", refers=("student_card",)))
    assert _first("How many students have advisors?", index) == ["advisor"]


def test_inferred_keys_tell_nothing_where_keys_are_declared() -> None:
    owner, report = _table("owner", "name"), _table("report", "owner_id", "vault_id", "barn_id")
    keyed = [_table("vault", "owner_name", refers=("owner",)), _table("barn", "owner_name")]
    index = _index(owner, report, *keyed)
    assert [key.referred_table for key in index.tables["report"].foreign_keys] == ["owner", "vault", "barn"]
    assert _joined(index) == {("vault", "owner"), ("owner", "vault"), ("report", "barn"), ("barn", "report")}


def test_inferred_keys_are_followed_where_none_is_declared() -> None:
    index = _index(_table("owner", "name"), _table("report", "owner_id"))
    assert _joined(index) == {("owner", "report"), ("report", "owner")}


def _joined(index: SchemaIndex) -> set[tuple[str, str]]:
    names, known = list(index.tables), index.table_words
    return {(names[near], names[far]) for near, far in zip(known.near, known.far, strict=True)}


def test_a_number_names_no_table() -> None:
    index = _index(_table("customer", "town"), _table("branch_5", "customer"))
    assert _first("the first 5 customers", index) == ["customer"]
    assert "branch_5" not in ranked_tables(words("the first 5 towns"), index)


def test_descriptions_and_defined_terms_name_tables() -> None:
    described = _table("t93").model_copy(update={"description": "Reimbursements paid to travellers"})
    term = Term(name="late fee", phrases=(("fee", "late"),), table="thing7", meaning=TableMention("thing7"))
    index = _index(described, terms=(term,))
    assert _first("total reimbursements", index) == ["t93"]
    assert _first("sum of late fees", index) == ["thing7"]


def test_a_list_of_people_is_named_by_what_it_records_of_them() -> None:
    index = _index(
        _table("list", "first_name", "last_name", "grade"), _table("roster", "first_name", "last_name", "gpa")
    )
    assert sorted(_first("How many students?", index, 2)) == ["list", "roster"]


def test_tables_that_the_question_does_not_touch_are_not_ranked() -> None:
    assert "building" not in ranked_tables(words("How many students?"), SCHOOL)
    assert ranked_tables(words("Wie viele?"), SCHOOL) == {}
    assert ranked_tables((), SCHOOL) == {}


def test_no_table_and_one_table_are_ranked_without_ado() -> None:
    empty = Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(), profiled_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert ranked_tables(words("students"), build_index(empty)) == {}
    one = build_index(empty.model_copy(update={"tables": (_table("student"),)}))
    assert list(ranked_tables(words("students"), one)) == ["student"]


def test_a_small_schema_is_not_cut_down(demo_index: SchemaIndex) -> None:
    assert focused(words("flights"), demo_index) is demo_index


def test_a_focused_index_knows_its_tables_alone() -> None:
    found = focused(words("Which students take which courses in Turin?"), SCHOOL)
    small = build_index(
        Catalog(
            dialect=Dialect.POSTGRES,
            fingerprint="f",
            tables=tuple(found.tables.values()),
            profiled_at=datetime(2025, 1, 1, tzinfo=UTC),
        )
    )
    assert len(found.tables) == MOST_TABLES
    assert {"student", "course", "x17", "building"} <= set(found.tables)
    assert dict(found.phrases) == dict(small.phrases)
    assert dict(found.values) == dict(small.values)
    assert dict(found.parts) == dict(small.parts)
    assert (found.names, found.roles) == (small.names, small.roles)
    assert ("title",) in found.phrases
    assert ("colour",) not in found.phrases or "student_card" in found.tables


def test_a_stem_keeps_at_least_four_letters() -> None:
    assert stem("advising") == stem("advisor") == "advis"
    assert stem("organisation") == stem("organization") == "organ"
    assert stem("singer") == "sing"
    assert stem("ring") == "ring"
