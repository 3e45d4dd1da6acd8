"""A generator with knowledge on the demo data."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from rowcall_contracts.candidates import Generation
from rowcall_contracts.catalog import Catalog
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.generator import GenerationRequest, Tried
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.knowledge.generator import WithKnowledge
from rowcall_sqlgen.knowledge.model import Knowledge

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)

Ask = Callable[..., Awaitable[Generation]]


@pytest.fixture
def ask(demo_catalog: Catalog) -> Ask:
    generator = WithKnowledge(BuiltinGenerator(IndexCache(max_bytes=50_000_000)))

    async def run(
        question: str, knowledge: Knowledge, *feedback: Tried, connection: str = "conn_1", refining: str | None = None
    ) -> Generation:
        request = GenerationRequest(
            question=question,
            connection_id=connection,
            catalog=demo_catalog,
            max_rows=100,
            now=NOW,
            feedback=feedback,
            refining=refining,
            knowledge=knowledge,
        )
        return await generator.generate(request)

    return run
