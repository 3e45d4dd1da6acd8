"""`python -m tools.generate.metrics` prints the page of metrics."""

import sys

from rowcall_contracts.metrics import Metric

INTRODUCTION = """\
# Metrics

Each service serves these at `/metrics` on its admin port, in Prometheus' text format, durations in seconds. Scale
the workers by `rowcall_jobs_waiting` and `rowcall_oldest_due_seconds`: Kafka's lag is near zero by design.

| Metric | Kind | Labels | Meaning | When it moves |
|---|---|---|---|---|
"""


def main() -> None:
    """Prints the page."""
    sys.stdout.write(INTRODUCTION + "".join(_row(metric) for metric in Metric))


def _row(metric: Metric) -> str:
    row = metric.value
    labels = ", ".join(f"`{label}`" for label in row.labels)
    return f"| `{row.name}` | {row.kind} | {labels} | {row.meaning} | {row.action} |\n"


if __name__ == "__main__":
    main()
