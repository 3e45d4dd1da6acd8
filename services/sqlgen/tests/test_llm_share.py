"""What leaves for the language model, by the bytes that a real server received."""

import json
import random
from collections.abc import AsyncIterator
from typing import TypedDict

import pytest

from rowcall_contracts.candidates import Candidate, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, ForeignKey, Table
from rowcall_contracts.resources import LlmShare
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.llm.poll import Allowance
from rowcall_sqlgen.llm.schema_document import estimated_tokens
from rowcall_sqlgen.llm.testing import NOW, Helpless, LlmServer, offered, serving_llm

PROFILE = ColumnProfile(values=("Ghent Harbour", "Lund"), minimum="Aarhus", maximum="Zwolle", samples=("Oslo",))
CITY = Column(name="city", type="TEXT", kind=ColumnKind.TEXT, profile=PROFILE)
SIZE = Column(
    name="size",
    type="INTEGER",
    kind=ColumnKind.INTEGER,
    profile=ColumnProfile(minimum=717_171, maximum=818_181, samples=(727_272,)),
)
OFFICE = Table(name="office", columns=(CITY, SIZE), row_count=42, description="Places where people work")
CATALOG = Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(OFFICE,), profiled_at=NOW)

RANGES = ["Aarhus", "Zwolle", "717171", "818181"]
VALUES = ["Ghent Harbour", "Lund"]
SAMPLES = ["Oslo", "727272"]


class Document(TypedDict):
    """The user message, as far as tests look into it."""

    question: str
    tables: list[dict[str, object]]
    tried: list[dict[str, object]]
    joins: list[str]
    omitted_tables: int


def _request(
    question: str, *feedback: Tried, share: LlmShare = LlmShare.SCHEMA, catalog: Catalog = CATALOG
) -> GenerationRequest:
    return GenerationRequest(
        question=question,
        connection_id="conn_1",
        catalog=catalog,
        max_rows=10,
        now=NOW,
        feedback=feedback,
        share=share,
    )


def _document(llm: LlmServer) -> Document:
    found: Document = json.loads(llm.messages(len(llm.bodies) - 1)[1]["content"])
    return found


@pytest.fixture
async def llm() -> AsyncIterator[LlmServer]:
    async with serving_llm() as server:
        server.otherwise = offered("SELECT COUNT(*) FROM office")
        yield server


@pytest.mark.parametrize(
    ("share", "present", "absent"),
    [
        (LlmShare.SCHEMA, [], [*VALUES, *RANGES, *SAMPLES]),
        (LlmShare.VALUES, [*VALUES, *RANGES], SAMPLES),
        (LlmShare.ROWS, [*VALUES, *RANGES, *SAMPLES], []),
    ],
)
async def test_only_what_the_connection_shares_leaves(
    llm: LlmServer, share: LlmShare, present: list[str], absent: list[str]
) -> None:
    await llm.generator().generate(_request("How many offices in ghent harbour?", share=share))
    sent = "\n".join(llm.bodies)
    assert [text for text in present if text not in sent] == []
    assert [text for text in absent if text in sent] == []
    assert all(text in sent for text in ("office", "city", "TEXT", "42", "Places where people work"))


async def test_the_default_share_is_the_schema(llm: LlmServer) -> None:
    request = GenerationRequest(
        question="How many offices?", connection_id="conn_1", catalog=CATALOG, max_rows=10, now=NOW
    )
    await llm.generator().generate(request)
    assert not any(text in "\n".join(llm.bodies) for text in [*VALUES, *RANGES, *SAMPLES])


async def test_stored_spelling_that_the_engine_found_does_not_leave_with_its_failed_statement(llm: LlmServer) -> None:
    """The engine turns `ghent harbour` into the stored `Ghent Harbour`, and a part of a value into the whole."""
    sql = "SELECT size FROM office WHERE city = 'Ghent Harbour' AND city <> 'Lund' AND city LIKE '%Asked%'"
    message = "invalid input near 'Oslo'"
    tried = Tried(Candidate(sql=sql, confidence=0.5), Outcome(status=OutcomeStatus.ERROR, code="x", message=message))
    await llm.generator().generate(_request("sizes of Ghent, asked", tried))
    assert not any(text in llm.bodies[0] for text in ("Harbour", "Lund", "Oslo"))
    [told] = _document(llm)["tried"]
    assert told["sql"] == "SELECT size FROM office WHERE city = '…' AND city <> '…' AND city LIKE '%Asked%'"
    await llm.generator().generate(_request("sizes of Ghent, asked", tried, share=LlmShare.VALUES))
    assert "Ghent Harbour" in llm.bodies[1]


async def test_values_that_the_question_names_come_first_and_the_rest_is_bounded(llm: LlmServer) -> None:
    names = tuple(f"Town {number:03d}" for number in range(200))
    city = CITY.model_copy(update={"profile": ColumnProfile(values=names)})
    catalog = CATALOG.model_copy(update={"tables": (OFFICE.model_copy(update={"columns": (city,)}),)})
    await llm.generator().generate(_request("offices in town 177", share=LlmShare.VALUES, catalog=catalog))
    [column] = _columns(_document(llm)["tables"][0])
    values = column["values"]
    assert isinstance(values, list)
    assert values[0] == "Town 177"
    assert len(values) == 20


async def test_feedback_names_the_error_and_the_columns_that_exist(llm: LlmServer) -> None:
    outcome = Outcome(status=OutcomeStatus.ERROR, code="query-error", message="no such column: town")
    tried = Tried(Candidate(sql="SELECT town FROM office", confidence=0.5), outcome)
    await llm.generator().generate(_request("How many offices?", tried))
    assert _document(llm)["tried"] == [
        {
            "sql": "SELECT town FROM office",
            "status": "error",
            "code": "query-error",
            "message": "no such column: town",
            "columns": {"office": ["city", "size"]},
        }
    ]


async def test_large_schema_is_cut_to_the_budget_of_tokens_and_keeps_what_the_question_needs(llm: LlmServer) -> None:
    chance = random.Random(7)
    wide = tuple(
        Column(name=f"{''.join(chance.choices('abcdefgh', k=8))}_{number}", type="TEXT", kind=ColumnKind.TEXT)
        for number in range(40)
    )
    noise = tuple(Table(name=f"noise{number}", columns=wide) for number in range(400))
    catalog = CATALOG.model_copy(update={"tables": (*noise, OFFICE)})
    allowance = Allowance(seconds=10.0, prompt_tokens=4_000)
    await llm.generator(allowance=allowance).generate(_request("How many offices?", catalog=catalog))
    document = _document(llm)
    assert estimated_tokens(document) <= 4_000
    assert document["tables"][0]["name"] == "office"
    assert 1 < len(document["tables"]) < 20
    assert document["omitted_tables"] == 401 - len(document["tables"])


async def test_of_a_table_too_wide_for_the_budget_keys_and_named_columns_are_shown_first(llm: LlmServer) -> None:
    columns = [Column(name=f"measure_{number}", type="REAL", kind=ColumnKind.FLOAT) for number in range(2_000)]
    columns += [CITY, Column(name="rent", type="REAL", kind=ColumnKind.FLOAT)]
    table = OFFICE.model_copy(update={"columns": tuple(columns), "primary_key": ("city",)})
    catalog = CATALOG.model_copy(update={"tables": (table,)})
    allowance = Allowance(seconds=10.0, prompt_tokens=2_000)
    await llm.generator(allowance=allowance).generate(_request("What is the rent of offices?", catalog=catalog))
    document = _document(llm)
    [shown] = document["tables"]
    names = [column["name"] for column in _columns(shown)]
    assert names[-2:] == ["city", "rent"]
    assert names[0] == "measure_0"
    assert shown["omitted_columns"] == 2_002 - len(names)
    assert 1_800 < estimated_tokens(document) <= 2_000


DESK = Table(
    name="desk",
    columns=(CITY, *(Column(name=f"m{number}", type="REAL", kind=ColumnKind.FLOAT) for number in range(2_000))),
    foreign_keys=(ForeignKey(columns=("city",), referred_table="office", referred_columns=("city",)),),
)


@pytest.mark.parametrize("question", ["How many desks per office?", "How many offices per desk?"])
async def test_wide_table_does_not_crowd_out_the_one_it_is_joined_with(llm: LlmServer, question: str) -> None:
    office = OFFICE.model_copy(update={"columns": DESK.columns[:50]})
    catalog = CATALOG.model_copy(update={"tables": (DESK, office)})
    allowance = Allowance(seconds=10.0, prompt_tokens=3_000)
    await llm.generator(allowance=allowance).generate(_request(question, catalog=catalog))
    document = _document(llm)
    widths = {str(table["name"]): len(_columns(table)) for table in document["tables"]}
    assert widths["office"] == 50
    assert widths["desk"] > 80
    assert document["joins"] == ["desk.city = office.city"]
    assert 2_600 < estimated_tokens(document) <= 3_000


async def test_joins_of_tables_that_did_not_fit_are_not_told(llm: LlmServer) -> None:
    catalog = CATALOG.model_copy(update={"tables": (DESK, OFFICE)})
    allowance = Allowance(seconds=10.0, prompt_tokens=1_000)
    question = "How many desks per office? " + "Please! " * 350
    await llm.generator(allowance=allowance, builtin=Helpless()).generate(_request(question, catalog=catalog))
    document = _document(llm)
    assert len(document["tables"]) < 2
    assert document["joins"] == []


async def test_tables_of_one_name_in_two_schemas_are_both_told(llm: LlmServer) -> None:
    tables = tuple(OFFICE.model_copy(update={"namespace": namespace}) for namespace in ("north", "south"))
    catalog = CATALOG.model_copy(update={"tables": tables, "dialect": Dialect.POSTGRES})
    await llm.generator().generate(_request("How many offices?", catalog=catalog))
    assert [table["schema"] for table in _document(llm)["tables"]] == ["north", "south"]


def _columns(table: dict[str, object]) -> list[dict[str, object]]:
    columns = table["columns"]
    assert isinstance(columns, list)
    return columns
