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

DEFAULT_PARTITIONS = 12
"""Of each topic whose records are spread; so many replicas of a service can share its work through Kafka."""

HEADER_CONTENT_TYPE = "content-type"
HEADER_TRACEPARENT = "traceparent"
HEADER_ERROR = "x-rowcall-error"
HEADER_ORIGIN = "x-rowcall-origin"


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A named log. Records are keyed by job id, so one job's records keep their order.

    `spread` over as many partitions as the deployment sets; otherwise it has one.
    """

    name: str
    spread: bool
    retention: timedelta

    def partitions(self, spread_over: int = DEFAULT_PARTITIONS) -> int:
        """Returns how many partitions it has where spread topics have so many."""
        return spread_over if self.spread else 1


def command_topic(step: str) -> str:
    """Returns the topic that carries a step's commands; the topic of a step of newer code is not in `TOPICS`."""
    return COMMANDS_PREFIX + step


def consumer_group(service: Service) -> str:
    """Returns the consumer group of a service."""
    return f"rowcall.{service.value}"


def _topics() -> dict[str, Topic]:
    commands = [
        Topic(name=command_topic(step), spread=True, retention=timedelta(days=1))
        for step in Step
        if step is not Step.DELIVER
    ]
    others = [
        Topic(name=EVENTS, spread=True, retention=timedelta(days=7)),
        Topic(name=CONTROL, spread=False, retention=timedelta(hours=1)),
        Topic(name=DEAD_LETTERS, spread=False, retention=timedelta(days=30)),
    ]
    return {topic.name: topic for topic in (*commands, *others)}


TOPICS: Mapping[str, Topic] = MappingProxyType(_topics())
"""Every topic that `migrate` creates, by name."""
