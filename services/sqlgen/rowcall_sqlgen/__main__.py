"""The process of sqlgen: settings, wiring, run."""

import sys

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.settings import SqlgenSettings
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler
from rowcall_sqlgen.engine.builtin import BuiltinGenerator
from rowcall_sqlgen.generating import Generating
from rowcall_sqlgen.generator import Generator
from rowcall_sqlgen.index_cache import IndexCache
from rowcall_sqlgen.llm.completion import LlmEndpoint
from rowcall_sqlgen.llm.generator import LlmGenerator
from rowcall_sqlguard import check


async def main() -> None:
    """Runs sqlgen until SIGTERM."""
    settings = load_settings(SqlgenSettings)
    async with platform(Service.SQLGEN, settings) as built:
        connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
        endpoint = _endpoint(settings)
        generating = Generating(
            connections, CatalogStore(built.store, built.clock), _generator(settings, endpoint), platform=built
        )
        # A model's answer costs money, so only the holder of the lease asks for one.
        handler = StepHandler(run=generating, lease_first=endpoint is not None)
        await serve_steps(built, settings, {Step.GENERATE: handler})


def _endpoint(settings: SqlgenSettings) -> LlmEndpoint | None:
    if not (settings.llm_base_url and settings.llm_model):
        return None
    return LlmEndpoint(
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        api_key=settings.llm_api_key,
        timeout_s=settings.llm_timeout_s,
    )


def _generator(settings: SqlgenSettings, endpoint: LlmEndpoint | None) -> Generator:
    if endpoint is None:
        return BuiltinGenerator(IndexCache(max_bytes=settings.index_cache_bytes))
    return LlmGenerator(
        endpoint.client(), endpoint.model, lambda sql, catalog: check(sql, dialect=catalog.dialect).allowed
    )


if __name__ == "__main__":
    sys.exit(run_service(main))
