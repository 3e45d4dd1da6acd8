"""The process of sqlgen: settings, wiring, run."""

import sys
from collections.abc import Callable

from rowcall_contracts.metrics import Metric
from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.settings import SqlgenSettings
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.environment import load_settings
from rowcall_runtime.metrics import Metrics
from rowcall_runtime.process import platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler
from rowcall_sqlgen.breakdown.breakdown import Breakdown
from rowcall_sqlgen.breakdown.cutter import RuleCutter
from rowcall_sqlgen.builtin.generator import BuiltinGenerator
from rowcall_sqlgen.builtin.trained import trained_answering
from rowcall_sqlgen.generating import Generating
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.knowledge.file import read_knowledge
from rowcall_sqlgen.knowledge.generator import WithKnowledge
from rowcall_sqlgen.knowledge.model import NOTHING
from rowcall_sqlgen.llm.configured import llm_generator


async def main() -> None:
    """Runs sqlgen until SIGTERM."""
    settings = load_settings(SqlgenSettings)
    knowledge = read_knowledge(settings.knowledge_file) if settings.knowledge_file else NOTHING
    async with platform(Service.SQLGEN, settings) as built:
        connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
        asked = llm_generator(settings, now=built.clock.now, observe=_observer(built.metrics))
        generator = asked or BuiltinGenerator(IndexCache(max_bytes=settings.index_cache_bytes), trained_answering())
        catalogs = CatalogStore(built.store, built.clock)
        breakdown = Breakdown(WithKnowledge(generator), asked.cutter() if asked else RuleCutter())
        generating = Generating(connections, catalogs, breakdown, platform=built, knowledge=knowledge)
        # A model's answer costs money, so only the holder of the lease asks for one.
        handler = StepHandler(run=generating, lease_first=asked is not None)
        await serve_steps(built, settings, {Step.GENERATE: handler})


def _observer(metrics: Metrics) -> Callable[[str, float], None]:
    return lambda outcome, seconds: metrics.observe(Metric.LLM_SECONDS, seconds, outcome=outcome)


if __name__ == "__main__":
    sys.exit(run_service(main))
