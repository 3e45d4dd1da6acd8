"""A whole Rowcall for tests: real broker, real store, five real processes that can be killed one by one."""

import base64
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import httpx

from rowcall_contracts.pipelines import Service
from rowcall_runtime.crypto import public_key_of
from tests.integration.servers import Bootstrapped, Located
from tools.local.kafka import PARTITIONS
from tools.local.ports import LOOPBACK, free_port
from tools.local.processes import ManagedProcess
from tools.local.readiness import is_ready
from tools.local.stack import Broker, Server, Store, start_kafka, start_store

KEY = "rk_" + "integration" * 4


B_co = TypeVar("B_co", bound=Bootstrapped, covariant=True)
S_co = TypeVar("S_co", bound=Located, covariant=True)
B = TypeVar("B", bound=Bootstrapped)
S = TypeVar("S", bound=Located)


@dataclass(frozen=True)
class Running(Generic[B_co, S_co]):
    """Handles to everything that runs."""

    folder: Path
    environ: Mapping[str, str]
    broker: B_co
    store: S_co
    url: str
    services: Mapping[Service, ManagedProcess]
    admin_ports: Mapping[Service, int]
    service_environs: Mapping[Service, Mapping[str, str]]

    def client(self, key: str = KEY) -> httpx.Client:
        """Opens an API client."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {key}"}, timeout=40)

    def metrics(self, service: Service) -> str:
        """Returns a service's metrics page."""
        return httpx.get(f"http://{LOOPBACK}:{self.admin_ports[service]}/metrics").text

    def start_services(self) -> None:
        """Starts the services that do not run."""
        stopped = [process for process in self.services.values() if not process.alive]
        with ThreadPoolExecutor(len(self.services)) as pool:
            list(pool.map(ManagedProcess.start, stopped))

    def kill_services(self) -> None:
        """SIGKILL to all five."""
        for process in self.services.values():
            process.kill()

    def stop_services(self) -> None:
        """SIGTERM to all five at once."""
        with ThreadPoolExecutor(len(self.services)) as pool:
            list(pool.map(ManagedProcess.stop, self.services.values()))

    def migrate(self) -> None:
        """Creates the topics and indexes that are missing."""
        subprocess.run([sys.executable, "-m", "rowcall_runtime.migrate"], env=self.environ, check=True)

    @contextmanager
    def replica(self, service: Service, **settings: str) -> Iterator[ManagedProcess]:
        """Runs a second process of a worker, with settings by their environment names, until the block ends."""
        own = {"ROWCALL_INDEX_DIR": str(self.folder / "index-2"), **settings}
        second = _service(service, self.folder / f"{service.value}-2.log", {**self.service_environs[service], **own})
        second.start()
        try:
            yield second
        finally:
            second.stop()

    def log_of(self, service: Service) -> str:
        """Returns a service's whole log."""
        return _log(self.folder, service).read_text()


Deployment = Running[Bootstrapped, Located]
"""One to use; its servers may not be ours."""

Sandbox = Running[Broker, Store]
"""One to break."""


def heal(sandbox: Sandbox) -> None:
    """Starts whatever does not run."""
    servers: tuple[Server, Server] = (sandbox.broker, sandbox.store)
    for server in servers:
        if not server.process.alive:
            server.restart()
    sandbox.start_services()


@contextmanager
def deployed(folder: Path, **settings: str) -> Iterator[Sandbox]:
    """Starts everything under `folder`, with settings by their environment names, and ends it.

    The store journals what it is asked to and no more: when it is killed, the services' write concern is what counts.
    """
    with (
        start_kafka(folder / "kafka") as broker,
        start_store(folder / "store", sync=False) as store,
        deployed_on(broker, store, folder=folder, **settings) as deployment,
    ):
        yield deployment


@contextmanager
def deployed_on(broker: B, store: S, *, folder: Path, **settings: str) -> Iterator[Running[B, S]]:
    """Starts the five services on servers that run already, and ends the services."""
    with ExitStack() as stack:
        roots = folder / "data"
        roots.mkdir(exist_ok=True)
        master_key = base64.b64encode(secrets.token_bytes(32)).decode()
        environ = {
            "ROWCALL_KAFKA_PARTITIONS": str(PARTITIONS),
            **os.environ,
            "ROWCALL_KAFKA_BOOTSTRAP": broker.bootstrap,
            "ROWCALL_MONGO_URL": store.url,
            "ROWCALL_BOOTSTRAP_KEY": KEY,
            "ROWCALL_FILE_ROOTS": str(roots),
            "ROWCALL_WEBHOOK_ALLOW_NETWORKS": "127.0.0.0/8",
            "ROWCALL_DATABASE_ALLOW_NETWORKS": "127.0.0.0/8",
            "ROWCALL_INDEX_DIR": str(folder / "index"),
            **settings,
        }
        ports = {service: free_port() for service in Service}
        port = free_port()
        secret = {"ROWCALL_MASTER_KEY": master_key}
        public = {"ROWCALL_PUBLIC_KEY": public_key_of(master_key), "ROWCALL_PORT": str(port)}
        environs = {service: {**environ, **_only(service, secret, public)} for service in Service}
        services = {
            service: _service(service, _log(folder, service), environs[service], port=ports[service])
            for service in Service
        }
        url = f"http://{LOOPBACK}:{port}"
        deployment = Running(folder, environ, broker, store, url, services, ports, environs)
        deployment.migrate()
        stack.callback(deployment.stop_services)
        deployment.start_services()
        yield deployment


def _only(service: Service, secret: Mapping[str, str], public: Mapping[str, str]) -> Mapping[str, str]:
    """Gives the private key to those who open secrets, and the public one to the gateway alone."""
    if service is Service.GATEWAY:
        return public
    return secret if service in (Service.EXECUTOR, Service.WEBHOOKS) else {}


def _service(service: Service, log: Path, environ: Mapping[str, str], *, port: int | None = None) -> ManagedProcess:
    port = port or free_port()
    return ManagedProcess(
        [sys.executable, "-m", f"rowcall_{service.value}"],
        log,
        ready=lambda: is_ready(port),
        environ={**environ, "ROWCALL_ADMIN_PORT": str(port)},
    )


def _log(folder: Path, service: Service) -> Path:
    return folder / f"{service.value}.log"
