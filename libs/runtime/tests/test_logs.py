"""One JSON object a line, ours and the libraries' alike; a broken dependency cannot flood them."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stdout

import pytest
import structlog
from opentelemetry.trace import NonRecordingSpan, SpanContext, use_span

from rowcall_contracts.settings import ExecutorSettings
from rowcall_runtime.logs import REPEAT_S, RepeatFilter, configure_logs

SECRET = "hunter2-not-for-logs"


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was, for the tests after these."""
    root = logging.getLogger()
    handlers, level, config = list(root.handlers), root.level, structlog.get_config()
    yield
    root.handlers[:], root.level = handlers, level
    structlog.configure(**config)


def lines(write: object) -> list[dict[str, object]]:
    """What the process would print."""
    assert callable(write)
    with redirect_stdout(io.StringIO()) as out:
        configure_logs("executor", "INFO")
        write()
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_our_lines_and_the_libraries_are_json_that_names_service_level_and_time() -> None:
    def write() -> None:
        structlog.get_logger().info("job_finished", job_id="job_1")
        logging.getLogger("some.library").warning("It said %s", "this")
        structlog.get_logger().debug("unseen")

    ours, theirs = lines(write)

    assert (ours["event"], ours["job_id"], ours["level"], ours["service"]) == (
        "job_finished", "job_1", "info", "executor",
    )  # fmt: skip
    assert (theirs["event"], theirs["level"], theirs["service"]) == ("It said this", "warning", "executor")
    assert str(ours["timestamp"]).endswith("Z")


def test_a_line_inside_a_span_carries_its_trace() -> None:
    def write() -> None:
        context = SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_remote=False)
        with use_span(NonRecordingSpan(context)):
            structlog.get_logger().info("inside")

    (line,) = [line for line in lines(write) if line["event"] == "inside"]
    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"


def test_an_exception_is_one_line_with_its_traceback() -> None:
    def write() -> None:
        try:
            raise LookupError("gone")
        except LookupError:
            structlog.get_logger().exception("failed")

    (line,) = lines(write)
    assert "LookupError: gone" in str(line["exception"])


def test_settings_that_end_up_in_a_line_show_no_secret() -> None:
    settings = ExecutorSettings.model_validate(
        {
            "mongo_url": f"mongodb://u:{SECRET}@db/rowcall",
            "kafka_bootstrap": "k",
            "kafka_sasl_password": SECRET,
            "master_key": SECRET,
        }
    )

    def write() -> None:
        structlog.get_logger().info("started", settings=settings, all=settings.model_dump())
        logging.getLogger("library").error("%r %s", settings, settings)

    assert SECRET not in json.dumps(lines(write))


def test_a_noisy_library_says_a_thing_once_in_a_while_and_others_always(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("rowcall_runtime.logs.time.monotonic", lambda: now[0])
    only = RepeatFilter()

    def passes(name: str, line: int) -> bool:
        return only.filter(logging.LogRecord(name, logging.WARNING, "client.py", line, "away", None, None))

    assert [passes("aiokafka.client", 7) for _ in range(3)] == [True, False, False]
    assert passes("aiokafka.client", 8)
    assert [passes("rowcall", 7) for _ in range(2)] == [True, True]
    now[0] += REPEAT_S
    assert passes("aiokafka.client", 7)
