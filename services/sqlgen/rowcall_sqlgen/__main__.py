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
from rowcall_sqlgen.engine.builtin import BuiltinGenerator
from rowcall_sqlgen.generating import Generating
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.configured import llm_generator


async def main() -> None:
    """Runs sqlgen until SIGTERM."""
    settings = load_settings(SqlgenSettings)
    async with platform(Service.SQLGEN, settings) as built:
        connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
        asked = llm_generator(settings, now=built.clock.now, observe=_observer(built.metrics))
        generator = asked or BuiltinGenerator(IndexCache(max_bytes=settings.index_cache_bytes))
        generating = Generating(connections, CatalogStore(built.store, built.clock), generator, platform=built)
        # A model's answer costs money, so only the holder of the lease asks for one.
        handler = StepHandler(run=generating, lease_first=asked is not None)
        await serve_steps(built, settings, {Step.GENERATE: handler})


def _observer(metrics: Metrics) -> Callable[[str, float], None]:
    return lambda outcome, seconds: metrics.observe(Metric.LLM_SECONDS, seconds, outcome=outcome)


if __name__ == "__main__":
    sys.exit(run_service(main))
