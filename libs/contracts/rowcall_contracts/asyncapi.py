"""The AsyncAPI 3 document of everything that travels on Kafka; `python -m rowcall_contracts.asyncapi` prints it."""

import json
import sys

from pydantic import BaseModel, JsonValue

from rowcall_contracts.commands import CANCEL_TYPE, COMMAND_TYPE, Cancelled, Command
from rowcall_contracts.events import EventData, cloudevent_type
from rowcall_contracts.pipelines import STEP_SERVICE, Service, Step, event_types
from rowcall_contracts.topics import CONTROL, EVENTS, TOPICS, command_topic

JsonObject = dict[str, JsonValue]

HEADERS = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "content-type")


def asyncapi_document() -> JsonObject:
    """Returns the document."""
    messages: JsonObject = {
        COMMAND_TYPE: _message(COMMAND_TYPE, Command),
        CANCEL_TYPE: _message(CANCEL_TYPE, Cancelled),
    }
    messages |= {cloudevent_type(kind): _message(cloudevent_type(kind), EventData) for kind in event_types()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rowcall",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in Kafka's binary mode, keyed by job id.",
        },
        "defaultContentType": "application/json",
        "channels": {_id(topic): _channel(topic) for topic in sorted(TOPICS) if _messages_of(topic)},
        "operations": _operations(),
        "components": {"messages": messages},
    }


def _operations() -> JsonObject:
    operations: JsonObject = {
        f"{owner.value}.receive.{step.value}": _operation("receive", command_topic(step))
        for step, owner in STEP_SERVICE.items()
        if step is not Step.DELIVER
    }
    operations[f"{Service.WEBHOOKS.value}.receive.events"] = _operation("receive", EVENTS)
    operations["workers.receive.control"] = _operation("receive", CONTROL)
    operations["gateway.send.control"] = _operation("send", CONTROL)
    operations["workers.send.events"] = _operation("send", EVENTS)
    return operations


def _operation(action: str, topic: str) -> JsonObject:
    return {"action": action, "channel": {"$ref": f"#/channels/{_id(topic)}"}}


def _channel(topic: str) -> JsonObject:
    row = TOPICS[topic]
    retention_ms = int(row.retention.total_seconds() * 1000)
    return {
        "address": topic,
        "messages": {_id(name): {"$ref": f"#/components/messages/{name}"} for name in _messages_of(topic)},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": row.partitions(),
                "topicConfiguration": {"retention.ms": retention_ms},
                "bindingVersion": "0.5.0",
            }
        },
    }


def _messages_of(topic: str) -> tuple[str, ...]:
    if topic == EVENTS:
        return tuple(cloudevent_type(kind) for kind in event_types())
    if topic == CONTROL:
        return (CANCEL_TYPE,)
    return (COMMAND_TYPE,) if topic in {command_topic(step) for step in Step} else ()


def _message(name: str, model: type[BaseModel]) -> JsonObject:
    headers: JsonObject = {header: {"type": "string"} for header in HEADERS}
    headers["traceparent"] = {"type": "string", "description": "W3C Trace Context; absent without a trace."}
    return {
        "name": name,
        "contentType": "application/json",
        "headers": {"type": "object", "properties": headers, "required": list(HEADERS)},
        "payload": model.model_json_schema(),
        "bindings": {"kafka": {"key": {"type": "string", "description": "Job id."}, "bindingVersion": "0.5.0"}},
    }


def _id(name: str) -> str:
    return name.replace(".", "-")


if __name__ == "__main__":
    json.dump(asyncapi_document(), sys.stdout, indent=2, sort_keys=True)
    sys.stdout.write("\n")
