"""Structured logs: one JSON object a line on standard output, the standard library's loggers bridged."""

import logging
import sys
import time
from collections.abc import MutableMapping

import structlog
from opentelemetry import trace

NOISY = ("aiokafka", "faststream", "uvicorn.access", "httpx")
"""Loggers that repeat themselves: aiokafka wrote 46,000 lines in a 15 s broker outage."""

REPEAT_S = 10.0


def configure_logs(service: str, level: str) -> None:
    """Sets structlog and the root logger up; call once, at the start of the process."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace_id,
        _named(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    handler.addFilter(RepeatFilter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in NOISY:
        noisy = logging.getLogger(name)
        noisy.setLevel(logging.WARNING)
        noisy.handlers.clear()  # FastStream brings a coloured one
        noisy.propagate = True


class RepeatFilter(logging.Filter):
    """Lets one line per call site through every `REPEAT_S` seconds, for the noisy loggers alone."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decides over one record."""
        if not record.name.startswith(NOISY):
            return True
        site = (record.pathname, record.lineno)
        now = time.monotonic()
        if now - self._last.get(site, -REPEAT_S) < REPEAT_S:
            return False
        self._last[site] = now
        return True


def _named(service: str) -> structlog.typing.Processor:
    def add(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
        event["service"] = service
        return event

    return add


def _trace_id(_: object, __: str, event: MutableMapping[str, object]) -> MutableMapping[str, object]:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = f"{context.trace_id:032x}"
    return event
