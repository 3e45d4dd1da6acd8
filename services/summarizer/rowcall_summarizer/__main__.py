"""The process of the summarizer: settings, wiring, run."""

import sys

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.settings import SummarizerSettings
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler

from rowcall_summarizer.narrating import narrate_job


async def main() -> None:
    """Runs the summarizer until SIGTERM."""
    settings = load_settings(SummarizerSettings)
    async with platform(Service.SUMMARIZER, settings) as built:
        connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
        catalogs = CatalogStore(built.store, built.clock)
        await serve_steps(built, settings, {Step.NARRATE: StepHandler(run=narrate_job)})


if __name__ == "__main__":
    sys.exit(run_service(main))
