"""The laptop's broker and store as a library: what integration tests start, kill, freeze and start again."""

from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Self

from tools.local.kafka import KafkaNode
from tools.local.kafka_jars import kafka_jars
from tools.local.ports import accepts, free_port
from tools.local.processes import ManagedProcess
from tools.local.store import StoreKind, StoreServer, store_program


@dataclass(frozen=True)
class Server:
    """A running server. Leaving its `with` block ends it; `process` tells whether it is alive and what it logged."""

    process: ManagedProcess

    @property
    def pid(self) -> int:
        """The server's process."""
        return self.process.pid

    def stop(self) -> None:
        """Ends the server in order."""
        self.process.stop()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()

    def restart(self) -> None:
        """Starts the server on the same folder and port, after stopping it when it still runs."""
        self.process.restart()

    def pause(self) -> None:
        """SIGSTOP: the server freezes, and its sockets stay open."""
        self.process.pause()

    def resume(self) -> None:
        """SIGCONT."""
        self.process.resume()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stop()


@dataclass(frozen=True)
class Broker(Server):
    """A Kafka node."""

    node: KafkaNode

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return self.node.bootstrap

    def wipe(self) -> None:
        """Stops the node and deletes all it stored; the next `restart` begins with no topics."""
        self.stop()
        rmtree(self.node.folder)
        self.node.prepare()


@dataclass(frozen=True)
class Store(Server):
    """A store that speaks the Mongo wire protocol."""

    server: StoreServer

    @property
    def url(self) -> str:
        """The connection string for a Mongo driver, with the database `rowcall`."""
        return self.server.url()

    def url_for(self, database: str) -> str:
        """The connection string with another database as its path."""
        return self.server.url(database)


def start_kafka(folder: Path) -> Broker:
    """Starts a Kafka node with its data under `folder` on free ports and blocks until it answers (about 2 s).

    Raises `JarsError`, `KafkaFormatError` or `StartError`. The caller ends it: `with start_kafka(tmp_path) as broker`.
    """
    node = KafkaNode(folder=folder, jars=kafka_jars(), port=free_port(), controller_port=free_port())
    node.prepare()
    process = ManagedProcess(node.command(), folder / "console.log", ready=lambda: accepts(node.port))
    process.start()
    return Broker(process, node)


def start_store(folder: Path, kind: StoreKind = StoreKind.PY, *, sync: bool = True) -> Store:
    """Starts a store with its data under `folder` on a free port and blocks until it answers (under 1 s).

    Raises `StoreMissingError` or `StartError`. The caller ends it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = StoreServer(folder=folder / "data", port=free_port(), program=store_program(kind), sync=sync)
    process = ManagedProcess(server.command(), folder / "console.log", ready=lambda: accepts(server.port))
    process.start()
    return Store(process, server)
