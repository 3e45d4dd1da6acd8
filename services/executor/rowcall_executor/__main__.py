"""The executor's process: settings, wiring, run."""

import sys
from datetime import timedelta

from rowcall_contracts.pipelines import Service, Step
from rowcall_contracts.resources import Collection, Connection
from rowcall_contracts.settings import ExecutorSettings
from rowcall_databases.access import AccessPolicy
from rowcall_executor.checking import Checking
from rowcall_executor.customers import Customers
from rowcall_executor.database_pool import DatabasePool
from rowcall_executor.executing import Executing
from rowcall_executor.gate import Gate
from rowcall_executor.introspecting import Introspecting
from rowcall_executor.result_pages import ResultPages
from rowcall_runtime.catalogs import CatalogStore
from rowcall_runtime.crypto import Opener, master_keys
from rowcall_runtime.environment import load_settings
from rowcall_runtime.process import Platform, platform
from rowcall_runtime.repository import Repository
from rowcall_runtime.service import run_service, serve_steps
from rowcall_runtime.step import StepHandler


def handlers(built: Platform, settings: ExecutorSettings, pool: DatabasePool) -> dict[Step, StepHandler]:
    """Wires the handlers of the executor's steps."""
    policy = AccessPolicy(file_roots=settings.file_roots, allow_networks=settings.database_allow_networks)
    connections = Repository(built.store.collection(Collection.CONNECTIONS), Connection)
    opener = Opener(master_keys(settings.master_key.get_secret_value()))
    customers = Customers(connections, opener, policy=policy, clock=built.clock, pool=pool)
    retention = timedelta(days=settings.retention_days)
    pages = ResultPages(built.store.collection(Collection.RESULTS), built.clock, retention=retention)
    catalogs = CatalogStore(built.store, built.clock)
    gate = Gate(catalogs, built.store.collection(Collection.AUDIT), built.clock, retention)
    executing = Executing(customers, pages, built.metrics, gate=gate, budget_s=settings.query_timeout_s)
    return {
        Step.CHECK: StepHandler(run=Checking(customers)),
        Step.INTROSPECT: StepHandler(run=Introspecting(customers, catalogs, built.clock)),
        Step.EXECUTE: StepHandler(run=executing),
    }


async def main() -> None:
    """Runs the executor until SIGTERM."""
    settings = load_settings(ExecutorSettings)
    async with platform(Service.EXECUTOR, settings) as built, DatabasePool(built.clock.now) as pool:
        built.spawn(pool.run())
        await serve_steps(built, settings, handlers(built, settings, pool))


if __name__ == "__main__":
    sys.exit(run_service(main))
