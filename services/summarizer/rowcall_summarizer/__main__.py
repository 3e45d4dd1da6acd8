"""The process of the summarizer: settings, wiring, run."""

import sys
from contextlib import closing

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.settings import SummarizerSettings
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler
from rowcall_summarizer.document_index import DocumentIndex
from rowcall_summarizer.documents import DocumentStore
from rowcall_summarizer.indexing import Indexing, Searching
from rowcall_summarizer.narrating import Narrating
from rowcall_summarizer.passage_tables import PassageTables
from rowcall_summarizer.summarizing import Summarizing


async def main() -> None:
    """Runs the summarizer until SIGTERM."""
    settings = load_settings(SummarizerSettings)
    async with platform(Service.SUMMARIZER, settings) as built:
        connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
        summarizing = Summarizing(connections, CatalogStore(built.store, built.clock))
        documents = DocumentStore(built.store)
        with closing(PassageTables(settings.index_dir)) as tables:
            index = DocumentIndex(tables, documents)
            handlers = {
                Step.NARRATE: StepHandler(run=Narrating(built.clock)),
                Step.SUMMARIZE: StepHandler(run=summarizing),
                Step.INDEX: StepHandler(run=Indexing(documents, index), lease_first=True),
                Step.SEARCH: StepHandler(run=Searching(documents, index)),
            }
            await serve_steps(built, settings, handlers)


if __name__ == "__main__":
    sys.exit(run_service(main))
