"""`make run` with real supervisord, store and broker; stub services stand in for the five."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfile

import httpx
import psutil
import pymongo
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo.collection import Collection

from tools.local.plan import KAFKA, STORE
from tools.local.ports import poll_until
from tools.local.store import RUST_INSTALL

ROOT = Path(__file__).resolve().parents[2]
TOPIC = "of-the-test"
READY = "Stop      Ctrl-C"
Start = Callable[..., "Stack"]


class Stack:
    """A run in a process of its own, and what it printed."""

    def __init__(self, state: Path, settings: dict[str, str], *arguments: str) -> None:
        self.state = state
        self.output = state.parent / f"{state.name}.out"
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ROWCALL_")}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.tests.stub_stack", *arguments],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environ | {"ROWCALL_STATE_DIR": str(state), "ROWCALL_PORT": "0"} | settings,
            )

    def printed(self) -> str:
        return self.output.read_text()

    def await_text(self, text: str) -> None:
        poll_until(lambda: text in self.printed() or self.process.poll() is not None, timeout_s=50)
        assert text in self.printed(), self.printed()

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)

    def started(self) -> list[psutil.Process]:
        """All that this run or an earlier one started in this state folder."""
        recorded = json.loads((self.state / "run" / "processes.json").read_text())
        return [psutil.Process(int(pid)) for pid in recorded if psutil.pid_exists(int(pid))]

    def address(self, program: str) -> str:
        return f"127.0.0.1:{json.loads((self.state / 'run' / 'ports.json').read_text())[program]}"

    def get(self, service: str, path: str) -> object:
        return httpx.get(f"http://{self.address(service)}{path}").json()

    @contextmanager
    def things(self) -> Iterator[Collection[dict[str, int]]]:
        """A collection of the embedded store."""
        with pymongo.MongoClient[dict[str, int]](f"mongodb://{self.address(STORE)}/rowcall") as client:
            yield client.get_default_database().things

    def produce(self, topic: str, value: bytes) -> None:
        """Makes a topic of the embedded broker and sends it one record."""

        async def send() -> None:
            admin = AIOKafkaAdminClient(bootstrap_servers=self.address(KAFKA))
            await admin.start()
            await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
            await admin.close()
            async with AIOKafkaProducer(bootstrap_servers=self.address(KAFKA)) as producer:
                await producer.send_and_wait(topic, value)

        asyncio.run(send())

    def consume(self, topic: str) -> bytes:
        """Reads a topic's first record."""

        async def read() -> bytes:
            at = self.address(KAFKA)
            async with AIOKafkaConsumer(topic, bootstrap_servers=at, auto_offset_reset="earliest") as consumer:
                record = await asyncio.wait_for(consumer.getone(), 20)
                return bytes(record.value)

        return asyncio.run(read())


@pytest.fixture
def start(tmp_path: Path, demo_database: Path) -> Iterator[Start]:
    (tmp_path / "state" / "demo").mkdir(parents=True)
    copyfile(demo_database, tmp_path / "state" / "demo" / demo_database.name)
    # Unreachable on purpose: the stubs and `true` as migration never look, and two servers less start.
    outside = {"ROWCALL_KAFKA_BOOTSTRAP": "127.0.0.1:1", "ROWCALL_MONGO_URL": "mongodb://127.0.0.1:1/rowcall"}
    stacks: list[Stack] = []

    def begin(*arguments: str, settings: dict[str, str] = outside) -> Stack:
        stacks.append(Stack(tmp_path / "state", settings, *arguments))
        return stacks[-1]

    yield begin
    for stack in stacks:
        stack.end(signal.SIGTERM)


def arguments(process: psutil.Process) -> list[str]:
    """What a process was started with; nothing of one that has ended meanwhile."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=10)[1]


@pytest.mark.contract
@pytest.mark.timeout(120)
def test_ctrl_c_ends_broker_store_and_services_and_a_second_start_keeps_the_data(start: Start) -> None:
    first = start(settings={})
    first.await_text(READY)
    started = first.started()
    assert len(started) == 8
    assert any("--sync-on-commit" in arguments(each) for each in started), "a killed store keeps what it acknowledged"
    key = next(line for line in first.printed().splitlines() if line.startswith("  Key"))
    with first.things() as things:
        things.insert_one({"_id": 1})
    first.produce(TOPIC, b"kept")
    assert first.end() == 0
    assert gone(started)
    second = start(settings={})
    second.await_text(READY)
    assert key in second.printed()
    with second.things() as things:
        assert list(things.find()) == [{"_id": 1}]
    assert second.consume(TOPIC) == b"kept"


def test_a_service_that_dies_is_started_again(start: Start) -> None:
    stack = start()
    stack.await_text(READY)
    victim = next(each for each in stack.started() if "rowcall_sqlgen" in arguments(each))
    victim.kill()
    stack.await_text("sqlgen died and was started again")
    assert any("rowcall_sqlgen" in arguments(each) for each in stack.started() if each.pid != victim.pid)


def test_what_a_killed_run_left_is_ended_by_the_next_one(start: Start) -> None:
    stack = start()
    stack.await_text(READY)
    left = stack.started()
    stack.end(signal.SIGKILL)
    again = start()
    again.await_text(f"Ended {len(left)} processes of an earlier run")
    again.await_text(READY)
    assert gone(left)


def test_a_second_run_in_the_same_folder_is_told_who_holds_it(start: Start) -> None:
    stack = start()
    stack.await_text(READY)
    second = start()
    assert second.process.wait(30) == 1
    assert f"(process {stack.process.pid})" in second.printed()
    assert all(each.is_running() for each in stack.started())


def test_a_start_that_fails_ends_what_it_started(start: Start) -> None:
    stack = start("sh", "-c", "echo no topics; exit 3", settings={"ROWCALL_KAFKA_BOOTSTRAP": "127.0.0.1:1"})
    assert stack.process.wait(50) == 1
    assert "The migration failed:\nno topics" in stack.printed()
    assert not (stack.state / "run" / "processes.json").exists()
    assert not [each for each in psutil.process_iter() if str(stack.state) in " ".join(arguments(each))]


def test_a_taken_port_is_named_before_anything_starts(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        stack = start(settings={"ROWCALL_PORT": port})
        assert stack.process.wait(30) == 1
    assert f"Port {port} is taken by process {os.getpid()}" in stack.printed()


def test_a_store_that_is_not_installed_is_named_with_the_cure(start: Start, tmp_path: Path) -> None:
    nowhere = {"PATH": str(tmp_path / "nowhere"), "HOME": str(tmp_path)}
    settings = {"ROWCALL_KAFKA_BOOTSTRAP": "127.0.0.1:1", "ROWCALL_EMBEDDED_STORE": "rs"}
    stack = start(settings={**settings, **nowhere})
    assert stack.process.wait(30) == 1
    assert f"secantusd-rs was not found; install it with: {RUST_INSTALL}" in stack.printed()


def test_each_service_sees_its_own_secrets_alone(start: Start) -> None:
    stack = start(
        settings={
            "ROWCALL_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "ROWCALL_MONGO_URL": "mongodb://127.0.0.1:1/rowcall",
            "ROWCALL_BOOTSTRAP_KEY": "rk_" + "x" * 40,
            "ROWCALL_LLM_API_KEY": "sk-secret",
        }
    )
    stack.await_text(READY)
    names = ("ROWCALL_BOOTSTRAP_KEY", "ROWCALL_MASTER_KEY", "ROWCALL_LLM_API_KEY")
    seen = {
        service: {name.removesuffix("_FILE") for name in environ if name.removesuffix("_FILE") in names}
        for service in ("gateway", "summarizer", "sqlgen", "executor", "webhooks")
        if isinstance(environ := stack.get(service, "/environ"), list)
    }
    assert seen == {
        "gateway": {"ROWCALL_BOOTSTRAP_KEY"},
        "summarizer": {"ROWCALL_LLM_API_KEY"},
        "sqlgen": {"ROWCALL_LLM_API_KEY"},
        "executor": {"ROWCALL_MASTER_KEY"},
        "webhooks": {"ROWCALL_MASTER_KEY"},
    }
    assert "sk-secret" not in (stack.state / "run" / "supervisord.conf").read_text()
