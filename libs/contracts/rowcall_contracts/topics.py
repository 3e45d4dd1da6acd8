"""Kafka topics, consumer groups and header names: each once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from rowcall_contracts.pipelines import Service, Step

COMMANDS_PREFIX = "rowcall.commands."
EVENTS = "rowcall.events"
CONTROL = "rowcall.control"
DEAD_LETTERS = "rowcall.dlq"

HEADER_CONTENT_TYPE = "content-type"
HEADER_TRACEPARENT = "traceparent"
HEADER_ERROR = "x-rowcall-error"
HEADER_ORIGIN = "x-rowcall-origin"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A named log. Records are keyed by job id, so one job's records keep their order."""

    name: str
    partitions: int
    retention: timedelta


def command_topic(step: str) -> str:
    """Returns the topic that carries a step's commands; the topic of a step of newer code is not in `TOPICS`."""
    return COMMANDS_PREFIX + step


def consumer_group(service: Service) -> str:
    """Returns the consumer group of a service."""
    return f"rowcall.{service.value}"


def _topics() -> dict[str, Topic]:
    commands = [
        Topic(name=command_topic(step), partitions=12, retention=timedelta(days=1))
        for step in Step
        if step is not Step.DELIVER
    ]
    others = [
        Topic(name=EVENTS, partitions=12, retention=timedelta(days=7)),
        Topic(name=CONTROL, partitions=1, retention=timedelta(hours=1)),
        Topic(name=DEAD_LETTERS, partitions=1, retention=timedelta(days=30)),
    ]
    return {topic.name: topic for topic in (*commands, *others)}


TOPICS: Mapping[str, Topic] = MappingProxyType(_topics())
"""Every topic that `migrate` creates, by name."""
