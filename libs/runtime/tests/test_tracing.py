"""What a process says of its spans; each in a process of its own, because a provider is installed once."""

import os
import subprocess
import sys

import pytest

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PROGRAM = f"""
import os
from rowcall_runtime.tracing import configure_tracing, current_traceparent, span
configure_tracing("executor")
with span("step", parent="{PARENT}") as opened:
    print(current_traceparent(), opened.is_recording(), flush=True)
os._exit(0)  # nobody collects: an exporter would try for seconds
"""


@pytest.mark.parametrize(("endpoint", "flag", "recording"), [("", "00", "False"), ("http://127.0.0.1:1", "01", "True")])
def test_spans_are_recorded_only_where_they_are_exported(endpoint: str, flag: str, recording: str) -> None:
    """The trace goes on either way; its flag says whether the caller recorded (W3C Trace Context §3.2.2)."""
    environ = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True)
    traceparent, is_recording = run.stdout.split()
    version, trace_id, span_id, flags = traceparent.split("-")
    assert (version, trace_id, flags, is_recording) == ("00", PARENT.split("-")[1], flag, recording)
    assert span_id != PARENT.split("-")[2], "a span of its own"
