"""Metric names: each once, with kind, labels, meaning and what to do when it moves."""

from enum import Enum
from typing import Literal, NamedTuple

Kind = Literal["counter", "gauge", "histogram"]


class _Row(NamedTuple):
    name: str
    kind: Kind
    labels: tuple[str, ...]
    meaning: str
    action: str


class Metric(Enum):
    """Every metric that a service exposes."""

    JOBS_ACCEPTED = _Row(
        "rowcall_jobs_accepted_total", "counter", ("kind",), "Jobs answered with 202.", "Plan capacity."
    )
    JOBS_ENDED = _Row(
        "rowcall_jobs_ended_total", "counter", ("kind", "state"), "Jobs that reached a terminal state.", "Watch failed."
    )
    STEP_SECONDS = _Row(
        "rowcall_step_seconds",
        "histogram",
        ("step", "outcome"),
        "Seconds from the start of a step's handler to its end.",
        "Look at the step's dependency.",
    )
    STEPS_IN_FLIGHT = _Row(
        "rowcall_steps_in_flight", "gauge", ("step",), "Handlers running now.", "Near the pool size: scale out."
    )
    QUEUED_COMMANDS = _Row(
        "rowcall_queued_commands", "gauge", (), "Commands waiting in this process.", "Growing: scale out."
    )
    COMMANDS_DROPPED = _Row(
        "rowcall_commands_dropped_total",
        "counter",
        ("reason",),
        "Commands not worked on: stale, repeated, undecodable, overflow.",
        "Overflow or undecodable: look at the publisher.",
    )
    SWEPT = _Row(
        "rowcall_swept_total",
        "counter",
        ("step",),
        "Jobs found by the alarm, not by a command.",
        "Rising: look at Kafka.",
    )
    LEASES_LOST = _Row(
        "rowcall_leases_lost_total", "counter", ("step",), "Expired leases taken over.", "Workers die or stall."
    )
    WRITES_REFUSED = _Row(
        "rowcall_writes_refused_total", "counter", ("step",), "Results dropped by the guard.", "Workers stall too long."
    )
    JOBS_WAITING = _Row(
        "rowcall_jobs_waiting",
        "gauge",
        ("step",),
        "Unfinished work at a step, an estimate above 500 (scaling signal).",
        "Scale the service.",
    )
    OLDEST_DUE = _Row(
        "rowcall_oldest_due_seconds",
        "gauge",
        ("step",),
        "Seconds by which the most overdue unfinished work at a step is late (scaling signal).",
        "Scale the service.",
    )
    PUBLISH_FAILURES = _Row(
        "rowcall_publish_failures_total", "counter", ("topic",), "Records Kafka did not take.", "Look at Kafka."
    )
    EVENTS_PUBLISHED = _Row(
        "rowcall_events_published_total", "counter", ("type",), "Events acknowledged by Kafka.", "None."
    )
    DEAD_LETTERS = _Row(
        "rowcall_dead_letters_total",
        "counter",
        (),
        "Undecodable events parked.",
        "List the dead letters (docs/operations.md).",
    )
    STORE_SECONDS = _Row(
        "rowcall_store_seconds", "histogram", ("operation",), "Seconds of a store command.", "Look at the store."
    )
    HTTP_SECONDS = _Row(
        "rowcall_http_seconds",
        "histogram",
        ("method", "route", "status"),
        "Seconds of an HTTP request.",
        "Look at the store and at CPU.",
    )
    DELIVERY_ATTEMPTS = _Row(
        "rowcall_delivery_attempts_total", "counter", ("outcome",), "Webhook attempts.", "Look at the endpoint."
    )
    QUERY_SECONDS = _Row(
        "rowcall_query_seconds",
        "histogram",
        ("dialect", "outcome"),
        "Seconds of a customer's query.",
        "Look at the plan.",
    )
    LLM_SECONDS = _Row(
        "rowcall_llm_seconds",
        "histogram",
        ("outcome",),
        "Seconds of one call to the language model: ok, retryable, permanent, cancelled.",
        "Look at the endpoint; the built-in engine answers what it can meanwhile.",
    )
    LLM_TOKENS = _Row("rowcall_llm_tokens_total", "counter", ("direction",), "Tokens sent and received.", "Budgets.")
