"""The step `generate` of jobs that go on from something, over a real store."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from rowcall_contracts.candidates import Generation
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_contracts.inputs import ChatInput, GenerateSqlInput, JobInput, RefineSqlInput, Turn
from rowcall_contracts.jobs import Job, JobKind, JsonObject
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection, ConnectionState, SealedSecret
from rowcall_contracts.settings import SqlgenSettings
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.driver import Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.step import StepOutput
from rowcall_runtime.testing import platform_without_kafka
from rowcall_sqlgen.breakdown.breakdown import Breakdown
from rowcall_sqlgen.breakdown.cutter import RuleCutter
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generating import Generating
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.testing import NOW

PROFILE = ColumnProfile(values=("Lund", "Oslo"))
OFFICE = Table(name="office", columns=(Column(name="city", type="TEXT", kind=ColumnKind.TEXT, profile=PROFILE),))
CATALOG = Catalog(dialect=Dialect.SQLITE, fingerprint="f", tables=(OFFICE,), profiled_at=NOW)
LUND = "SELECT COUNT(*) FROM office WHERE city = 'Lund'"
OSLO = "SELECT COUNT(*) FROM office WHERE city = 'Oslo'"
CHANGED = "The statement before was changed: city = 'Oslo' took the place of city = 'Lund'."
TURNS = (Turn(question="How many offices in Lund?", sql=LUND),)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A platform and one connection with a catalog."""

    platform: Platform
    connection: Connection

    async def generated(self, kind: JobKind, asked: JobInput, outputs: Mapping[str, JsonObject]) -> StepOutput:
        """Runs the step for a job with the input as the gateway stores it."""
        connections = Repository(self.platform.store.collection(Collection.CONNECTIONS), Connection)
        catalogs = CatalogStore(self.platform.store, self.platform.clock)
        breakdown = Breakdown(BuiltinGenerator(IndexCache(max_bytes=1_000_000)), RuleCutter())
        now = self.platform.clock.now()
        entry = HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=Step.GENERATE.value)
        job = Job(
            id=new_id(Prefix.JOB),
            workspace_id=self.connection.workspace_id,
            kind=kind.value,
            state=State.QUEUED,
            step=Step.GENERATE.value,
            steps=(Step.GENERATE.value,),
            version=1,
            input=asked.model_dump(mode="json"),
            created_at=now,
            due_at=now + timedelta(seconds=2),
            history=(entry,),
            outputs=dict(outputs),
        )
        return await Generating(connections, catalogs, breakdown, platform=self.platform)(job)


@pytest.fixture
async def desk(shared_store: Store) -> AsyncIterator[Desk]:
    settings = SqlgenSettings.model_validate({"mongo_url": "-", "kafka_bootstrap": "127.0.0.1:1"})
    async with platform_without_kafka(Service.SQLGEN, shared_store, settings) as platform:
        connection = Connection(
            id=new_id(Prefix.CONNECTION),
            workspace_id=new_id(Prefix.WORKSPACE),
            created_at=platform.clock.now(),
            updated_at=platform.clock.now(),
            name="offices",
            uri=SealedSecret(key_id="k", ciphertext=b"-"),
            uri_hint="offices",
            state=ConnectionState.READY,
            dialect=Dialect.SQLITE,
            catalog_fingerprint="f",
        )
        revision = await CatalogStore(platform.store, platform.clock).save(connection, CATALOG)
        connection = connection.model_copy(update={"catalog_revision": revision})
        await Repository(platform.store.collection(Collection.CONNECTIONS), Connection).insert(connection)
        yield Desk(platform=platform, connection=connection)


async def test_chat_goes_on_from_its_history_and_assumes_what_was_changed(desk: Desk) -> None:
    asked = ChatInput(question="and in Oslo?", connection_id=desk.connection.id, history=TURNS)
    output = (await desk.generated(JobKind.CHAT, asked, {})).output
    assert isinstance(output, Generation)
    assert output.candidates[0].sql == OSLO
    assert output.candidates[0].assumptions[0] == CHANGED


async def test_generate_sql_goes_on_from_its_history_and_explains_the_change(desk: Desk) -> None:
    asked = GenerateSqlInput(question="and in Oslo?", connection_id=desk.connection.id, history=TURNS)
    output = (await desk.generated(JobKind.GENERATE_SQL, asked, {})).output
    assert isinstance(output, Generation)
    assert (output.candidates[0].sql, output.candidates[0].explanation) == (OSLO, CHANGED)
    assert CHANGED not in output.candidates[0].assumptions


async def test_refine_sql_changes_its_statement_as_the_feedback_says(desk: Desk) -> None:
    asked = RefineSqlInput(sql=LUND, feedback="it should be Oslo instead", connection_id=desk.connection.id)
    output = (await desk.generated(JobKind.REFINE_SQL, asked, {})).output
    assert isinstance(output, Generation)
    assert (output.candidates[0].sql, output.candidates[0].explanation) == (OSLO, CHANGED)


async def test_feedback_that_changes_nothing_ends_with_a_question_back(desk: Desk) -> None:
    asked = RefineSqlInput(sql=LUND, feedback="make it purple", connection_id=desk.connection.id)
    seen: Mapping[str, JsonObject] = {Step.INTROSPECT: {"fingerprint": "f", "changed": False, "elapsed_ms": 1}}
    output = await desk.generated(JobKind.REFINE_SQL, asked, seen)
    assert output.ends is State.NEEDS_INPUT
    assert isinstance(output.result, Generation)
    assert output.result.clarification is not None
    assert output.result.clarification.words == ("purple",)


async def test_a_statement_without_a_turn_before_is_answered_alone(desk: Desk) -> None:
    asked = ChatInput(question="How many offices are there?", connection_id=desk.connection.id)
    output = (await desk.generated(JobKind.CHAT, asked, {})).output
    assert isinstance(output, Generation)
    assert output.candidates[0].explanation is None
