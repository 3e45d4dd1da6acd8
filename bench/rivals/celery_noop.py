"""A no-op task on Celery: `worker` runs it, `client` takes turns. Runs on an interpreter that has celery and redis."""

import json
import sys
import time

from celery import Celery  # type: ignore[import-not-found]  # installed by whoever wants this row

PROCESSES = 2

_, role, port = sys.argv
url = f"redis://127.0.0.1:{port}/1"
app = Celery("noop", broker=url, backend=url)
app.conf.task_acks_late = True  # a worker that dies must not lose its task, as in the others


@app.task(name="noop")  # type: ignore[untyped-decorator]
def noop() -> None:
    """The task."""


def take_turns() -> None:
    """Reads `<singles> <burst>` a line and answers with the latencies and the seconds of the burst as JSON."""
    for line in sys.stdin:
        singles, burst = map(int, line.split())
        latencies = [_single() for _ in range(singles)]
        print(json.dumps([latencies, _burst(burst)]), flush=True)


def _single() -> float:
    started = time.perf_counter()
    noop.delay().get(timeout=30)
    return time.perf_counter() - started


def _burst(count: int) -> float:
    started = time.perf_counter()
    for result in [noop.delay() for _ in range(count)]:
        result.get(timeout=60)
    return time.perf_counter() - started


if __name__ == "__main__":
    if role == "worker":
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
        app.worker_main(["worker", "--concurrency", str(PROCESSES), *quiet])
    else:
        take_turns()
