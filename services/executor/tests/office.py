"""The executor's real handlers around a real store, and customers' databases that a test fills."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

import duckdb
import psycopg

from rowcall_contracts.candidates import Candidate, Generation
from rowcall_contracts.catalog import Dialect
from rowcall_contracts.jobs import Job, JobKind, JsonObject
from rowcall_contracts.outputs import Executed, ExecutionRound
from rowcall_contracts.pipelines import PIPELINES, Step
from rowcall_contracts.resources import Collection, Connection, ConnectionState
from rowcall_contracts.work import HistoryEntry, HistoryEvent, State
from rowcall_databases.access import AccessPolicy
from rowcall_executor.customers import Customers
from rowcall_executor.database_pool import DatabasePool
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.crypto import Opener, Sealer, master_keys, public_key_of
from rowcall_runtime.driver import Document, Store
from rowcall_runtime.ids import Prefix, new_id
from rowcall_runtime.process import Platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.step import StepHandler, StepOutput

SHOP = """
CREATE TABLE item (id INTEGER PRIMARY KEY, name VARCHAR(40), price DECIMAL(10, 2));
INSERT INTO item VALUES (1, 'anvil', 12.50), (2, 'bolt', 0.01), (3, NULL, NULL);
"""
ITEMS = "SELECT id, name FROM item ORDER BY id"
QUERY_TIMEOUT_S = 30.0

SLOW = (
    "WITH RECURSIVE d (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM d WHERE n < 3000)"
    " SELECT sum(a.n + b.n + c.n + e.n) AS total FROM d AS a, d AS b, d AS c, d AS e"
)
"""A statement that the guard lets through and that no engine ends."""


@dataclass(kw_only=True)
class Office:
    """A workspace, and the handlers that work for it."""

    platform: Platform
    handlers: Mapping[Step, StepHandler]
    pool: DatabasePool
    master_key: str
    root: Path
    workspace_id: str = field(default_factory=lambda: f"ws_{uuid4().hex[:26]}")

    @property
    def store(self) -> Store:
        return self.platform.store

    @property
    def connections(self) -> Repository[Connection]:
        return Repository(self.store.collection(Collection.CONNECTIONS), Connection)

    @property
    def customers(self) -> Customers:
        """Opens files below the root, and nothing else."""
        policy = AccessPolicy(file_roots=(self.root,))
        opener = Opener(master_keys(self.master_key))
        return Customers(self.connections, opener, policy=policy, clock=self.platform.clock, pool=self.pool)

    @property
    def catalogs(self) -> CatalogStore:
        """What another process sees: nothing of it is remembered."""
        return CatalogStore(self.store, self.platform.clock)

    async def connect(self, uri: str, *, master_key: str | None = None) -> Connection:
        """Registers a connection that was not checked yet."""
        now = self.platform.clock.now()
        connection = Connection(
            id=new_id(Prefix.CONNECTION),
            workspace_id=self.workspace_id,
            created_at=now,
            updated_at=now,
            name="shop",
            uri=Sealer(public_key_of(master_key or self.master_key)).seal(uri),
            uri_hint="shop",
            state=ConnectionState.CHECKING,
        )
        await self.connections.insert(connection)
        return connection

    async def now(self, connection: Connection) -> Connection:
        """The connection as it is stored now."""
        found = await self.connections.get(connection.workspace_id, connection.id)
        assert found is not None
        return found

    def job(self, kind: JobKind, connection: Connection, **fields: object) -> Job:
        """A job of the workspace that stands at its first step."""
        now = self.platform.clock.now()
        steps = tuple(step.value for step in PIPELINES[kind].accepted_steps(frozenset()))
        values: dict[str, object] = {
            "id": new_id(Prefix.JOB),
            "workspace_id": self.workspace_id,
            "kind": kind.value,
            "state": State.QUEUED,
            "step": steps[0],
            "steps": steps,
            "version": 1,
            "input": {"connection_id": connection.id},
            "created_at": now,
            "due_at": now + timedelta(seconds=2),
            "history": (HistoryEntry(version=1, at=now, event=HistoryEvent.ACCEPTED, step=steps[0]),),
        }
        return Job.model_validate({**values, **fields})

    def statement(self, connection: Connection, sql: str, *, max_rows: int = 10_000) -> Job:
        """A job that runs one statement."""
        asked = {"connection_id": connection.id, "sql": sql, "max_rows": max_rows}
        return self.job(JobKind.EXECUTE_SQL, connection, input=asked)

    def question(
        self,
        connection: Connection,
        *candidates: str,
        round_: int = 1,
        outputs: Mapping[str, JsonObject] = MappingProxyType({}),
    ) -> Job:
        """A question whose candidates are to be run."""
        ranked = tuple(Candidate(sql=sql, confidence=0.5) for sql in candidates)
        generated = Generation(dialect=Dialect.SQLITE, candidates=ranked, generator="builtin")
        return self.job(
            JobKind.CHAT,
            connection,
            step=Step.EXECUTE.value,
            state=State.RUNNING,
            round=round_,
            input={"connection_id": connection.id, "question": "?", "max_rows": 10_000},
            outputs={**outputs, Step.GENERATE.value: generated.model_dump(mode="json")},
        )

    async def run(self, step: Step, job: Job) -> StepOutput:
        """Runs a step's handler once."""
        return await self.handlers[step].run(job)

    async def executed(self, job: Job) -> Executed:
        """Runs a statement and returns what it found."""
        output = (await self.run(Step.EXECUTE, job)).output
        assert isinstance(output, Executed)
        return output

    async def round(self, job: Job) -> tuple[ExecutionRound, StepOutput]:
        """Runs a question's candidates."""
        output = await self.run(Step.EXECUTE, job)
        assert isinstance(output.output, ExecutionRound)
        return output.output, output

    async def pages(self, job: Job) -> list[Document]:
        """The stored pages of all attempts of a job."""
        return await self.store.collection(Collection.RESULTS).find({"job_id": job.id}, sort=[("_id", 1)])

    async def tables(self, connection: Connection) -> list[Document]:
        """The stored tables of all revisions of a connection's catalog."""
        return await self.store.collection(Collection.CATALOG_TABLES).find({"connection_id": connection.id})

    def queries(self, dialect: str, outcome: str) -> float:
        """How many queries were measured."""
        labels = {"dialect": dialect, "outcome": outcome}
        return self.platform.metrics.registry.get_sample_value("rowcall_query_seconds_count", labels) or 0.0


def sqlite_file(path: Path, script: str = SHOP, rows: Iterable[tuple[object, ...]] = ()) -> str:
    """Creates a SQLite database, or adds to one, and returns its URI; `rows` fill `filler (id, text)`."""
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(script)
        connection.execute("CREATE TABLE IF NOT EXISTS filler (id INTEGER PRIMARY KEY, text VARCHAR)")
        connection.executemany("INSERT INTO filler VALUES (?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def duckdb_file(path: Path) -> str:
    """Creates a DuckDB database and returns its URI."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(SHOP)
    return f"duckdb:///{path}"


def postgres_shop(uri: str) -> str:
    """Fills an empty schema of a PostgreSQL database and returns its URI."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
        connection.execute(SHOP.encode())
    return uri
