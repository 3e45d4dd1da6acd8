"""Receivers, senders and the whole service, each living as long as a test."""

import asyncio
import base64
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp.abc import AbstractResolver
from nacl.public import PrivateKey

from libs.runtime.tests.kafka_site import KafkaSite
from rowcall_contracts.pipelines import Service
from rowcall_contracts.settings import WebhooksSettings
from rowcall_runtime.driver import open_store
from rowcall_runtime.migrate import create_indexes
from rowcall_runtime.process import Platform
from rowcall_runtime.solitude import Solitude
from rowcall_runtime.sweep import Sweep
from rowcall_runtime.testing import platform_without_kafka
from rowcall_runtime.worker import Process
from rowcall_webhooks.__main__ import intake_of, worker_of
from rowcall_webhooks.sending import Sender, SendLimits
from rowcall_webhooks.testing import Answer, MakeSender, Receiver, Serve, fixed, receiving
from services.webhooks.tests.post_office import MovedClock, PostOffice
from tools.local.stack import Broker, start_kafka
from tools.testing.tiers import Backends

QUICK = SendLimits(timeout_s=5)
NO_KAFKA = "127.0.0.1:1"


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    async with AsyncExitStack() as stack:

        async def start(
            answer: bytes | Answer,
            *,
            host: str = "127.0.0.1",
            port: int = 0,
            tls: ssl.SSLContext | None = None,
        ) -> Receiver:
            behaviour = fixed(answer) if isinstance(answer, bytes) else answer
            receiver = Receiver(behaviour, scheme="https" if tls else "http", host=host, port=port)
            return await stack.enter_async_context(receiving(receiver, tls))

        yield start


@pytest.fixture
async def make_sender() -> AsyncIterator[MakeSender]:
    async with AsyncExitStack() as stack:

        async def make(
            limits: SendLimits = QUICK,
            *,
            allowed: tuple[str, ...] = ("127.0.0.1/32",),
            resolver: AbstractResolver | None = None,
        ) -> Sender:
            networks = [ip_network(network) for network in allowed]
            return await stack.enter_async_context(Sender(limits, allowed=networks, resolver=resolver))

        yield make


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port that is bound and does not listen."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def receiver_certificate() -> Path:
    """A certificate for 127.0.0.1 that signed itself; its key lies beside it."""
    return Path(__file__).parent / "certificates" / "receiver.pem"


@pytest.fixture
def receiver_tls(receiver_certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(receiver_certificate, receiver_certificate.with_suffix(".key"))
    return context


@pytest.fixture
async def platform(store_url: str, backends: Backends) -> AsyncIterator[Platform]:
    """What the service stands on, with a database of its own and Kafka away."""
    backends.note("driver", "pymongo")
    async with open_store(f"{store_url}/hooks{uuid4().hex[:12]}", "pymongo") as store:
        await create_indexes(store)
        async with platform_without_kafka(Service.WEBHOOKS, store, settings_with("-")) as built:
            yield built


@pytest.fixture
def office_keys(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The service's master keys, the current one first; a test of a rotation names more than one."""
    names: tuple[str, ...] = getattr(request, "param", ("current",))
    return tuple(base64.b64encode(bytes(PrivateKey.generate())).decode() for _ in names)


@pytest.fixture
async def office(
    platform: Platform, make_sender: MakeSender, office_keys: tuple[str, ...]
) -> AsyncIterator[PostOffice]:
    """The service as its process wires it; its sweep looks only when the test says so."""
    master_key = ",".join(office_keys)
    clock = MovedClock(platform.store.time)
    await clock.refresh()
    built = replace(platform, clock=clock)
    process = Process(clock=clock, metrics=built.metrics, solitude=Solitude())
    worker = worker_of(built, settings_with(master_key), await make_sender(), process=process)
    running = asyncio.create_task(worker.run())
    sweep = Sweep(worker, built.metrics, lambda: 0.5)
    yield PostOffice(
        built=built,
        clock=clock,
        worker=worker,
        sweep=sweep,
        intake=intake_of(built, worker),
        master_key=master_key,
    )
    assert not running.done(), running.exception()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory, backends: Backends) -> Iterator[Broker]:
    """A Kafka node for the modules that read and park real records."""
    backends.note("broker", "embedded Apache Kafka")
    with start_kafka(tmp_path_factory.mktemp("kafka")) as node:
        yield node


@pytest.fixture
def kafka(broker: Broker) -> KafkaSite:
    """That node."""
    return KafkaSite(broker.bootstrap)


def settings_with(master_key: str) -> WebhooksSettings:
    return WebhooksSettings.model_validate({"mongo_url": "-", "kafka_bootstrap": NO_KAFKA, "master_key": master_key})
