"""The step `generate` over a real store and a real endpoint: what the connection shares, and rounds of repair."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

import pytest

from rowcall_contracts.candidates import MAX_ROUNDS, Candidate, Generation, Outcome, OutcomeStatus
from rowcall_contracts.catalog import Catalog, Column, ColumnKind, ColumnProfile, Dialect, Table
from rowcall_contracts.jobs import Job, JobKind, JsonObject
from rowcall_contracts.metrics import Metric
from rowcall_contracts.outputs import ExecutionRound
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection, ConnectionState, LlmShare, SealedSecret
from rowcall_contracts.settings import SqlgenSettings
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.driver import Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.testing import platform_without_kafka
from rowcall_sqlgen.breakdown.breakdown import Breakdown
from rowcall_sqlgen.breakdown.cutter import RuleCutter
from rowcall_sqlgen.generating import Generating
from rowcall_sqlgen.llm.testing import NOW, Helpless, LlmServer, offered, serving_llm

CITY = Column(
    name="city", type="TEXT", kind=ColumnKind.TEXT, profile=ColumnProfile(values=("Lund",), samples=("Oslo",))
)
CATALOG = Catalog(
    dialect=Dialect.SQLITE, fingerprint="f", tables=(Table(name="office", columns=(CITY,)),), profiled_at=NOW
)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The handler as the process wires it, and a workspace of its own."""

    platform: Platform
    llm: LlmServer
    workspace_id: str

    @property
    def handler(self) -> Generating:
        connections = Repository(self.platform.store.collection(Collection.CONNECTIONS), Connection)
        catalogs = CatalogStore(self.platform.store, self.platform.clock)
        breakdown = Breakdown(self.llm.generator(builtin=Helpless()), RuleCutter())
        return Generating(connections, catalogs, breakdown, platform=self.platform)

    async def connect(self, **fields: object) -> Connection:
        """Stores a connection with a catalog."""
        now = self.platform.clock.now()
        connection = Connection(
            id=new_id(Prefix.CONNECTION),
            workspace_id=self.workspace_id,
            created_at=now,
            updated_at=now,
            name="offices",
            uri=SealedSecret(key_id="k", ciphertext=b"-"),
            uri_hint="offices",
            state=ConnectionState.READY,
            dialect=Dialect.SQLITE,
            catalog_fingerprint="f",
        )
        revision = await CatalogStore(self.platform.store, self.platform.clock).save(connection, CATALOG)
        connection = connection.model_copy(update={"catalog_revision": revision, **fields})
        await Repository(self.platform.store.collection(Collection.CONNECTIONS), Connection).insert(connection)
        return connection

    def job(self, connection: Connection, outputs: Mapping[str, JsonObject]) -> Job:
        """A question at the step `generate`."""
        now = self.platform.clock.now()
        entry = HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=Step.GENERATE.value)
        return Job.model_validate(
            {
                "id": new_id(Prefix.JOB),
                "workspace_id": self.workspace_id,
                "kind": JobKind.CHAT.value,
                "state": State.QUEUED,
                "step": Step.GENERATE.value,
                "steps": (Step.GENERATE.value,),
                "version": 1,
                "input": {"connection_id": connection.id, "question": "How many offices?", "max_rows": 10},
                "created_at": now,
                "due_at": now + timedelta(seconds=2),
                "history": (entry,),
                "outputs": outputs,
            }
        )

    async def generated(self, job: Job) -> Generation:
        """What the step stores."""
        output = (await self.handler(job)).output
        assert isinstance(output, Generation)
        return output


@pytest.fixture
async def desk(shared_store: Store) -> AsyncIterator[Desk]:
    settings = SqlgenSettings.model_validate({"mongo_url": "-", "kafka_bootstrap": "127.0.0.1:1"})
    async with platform_without_kafka(Service.SQLGEN, shared_store, settings) as platform, serving_llm() as llm:
        yield Desk(platform=platform, llm=llm, workspace_id=new_id(Prefix.WORKSPACE))


def _failed(generation: Generation, *outcomes: OutcomeStatus) -> Mapping[str, JsonObject]:
    """The outputs of a job whose candidates did not run."""
    executed = ExecutionRound(
        candidates=generation.candidates, outcomes=tuple(Outcome(status=status, message="no") for status in outcomes)
    )
    return {Step.GENERATE: generation.model_dump(mode="json"), Step.EXECUTE: executed.model_dump(mode="json")}


@pytest.mark.parametrize(
    ("fields", "present", "absent"),
    [
        ({}, [], ["Lund", "Oslo"]),
        ({"llm_share": LlmShare.VALUES}, ["Lund"], ["Oslo"]),
        ({"llm_share": LlmShare.ROWS}, ["Lund", "Oslo"], []),
    ],
)
async def test_connection_says_what_leaves(
    desk: Desk, fields: Mapping[str, object], present: list[str], absent: list[str]
) -> None:
    desk.llm.scripts = [offered("SELECT COUNT(*) FROM office")]
    await desk.handler(desk.job(await desk.connect(**fields), {}))
    [body] = desk.llm.bodies
    assert all(text in body for text in present)
    assert not any(text in body for text in absent)


async def test_statements_of_all_rounds_stay_tried_and_their_cost_adds_up(desk: Desk) -> None:
    connection = await desk.connect()
    outputs: Mapping[str, JsonObject] = {}
    offers = [f"SELECT {number} FROM office" for number in range(MAX_ROUNDS)]
    rounds: list[Generation] = []
    for number in range(MAX_ROUNDS):
        desk.llm.scripts = [offered(*offers[: number + 1])]
        rounds.append(await desk.generated(desk.job(connection, outputs)))
        outputs = _failed(rounds[-1], OutcomeStatus.ERROR)
    assert [candidate.sql for generation in rounds for candidate in generation.candidates] == offers
    assert rounds[-1].tried == tuple(offers[:-1])
    assert (rounds[-1].prompt_tokens, rounds[-1].completion_tokens) == (300, 60)
    assert f'{Metric.LLM_TOKENS.value.name}{{direction="sent"}} 300.0' in desk.platform.metrics.render().decode()


async def test_statement_that_was_skipped_is_offered_again(desk: Desk) -> None:
    connection = await desk.connect()
    candidates = tuple(Candidate(sql=sql, confidence=0.5) for sql in ("SELECT 1 FROM office", "SELECT 2 FROM office"))
    former = Generation(dialect=Dialect.SQLITE, candidates=candidates, generator="llm")
    desk.llm.scripts = [offered("SELECT 1 FROM office", "SELECT 2 FROM office")]
    job = desk.job(connection, _failed(former, OutcomeStatus.TIMEOUT, OutcomeStatus.SKIPPED))
    generation = await desk.generated(job)
    assert [candidate.sql for candidate in generation.candidates] == ["SELECT 2 FROM office"]
    assert generation.tried == ("SELECT 1 FROM office",)
    [told] = json.loads(desk.llm.messages()[1]["content"])["tried"]
    assert (told["sql"], told["status"]) == ("SELECT 1 FROM office", "timeout")
