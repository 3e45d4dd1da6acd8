"""Sees a thread of another process stop working, by its processor time, which the system counts in ticks of 10 ms."""

import time

import psutil

LOOK_S = 0.1
BUSY_SHARE = 0.3
POLL_S = 0.002
QUIET_S = 0.3
"""A thread without a tick for this long has stopped: one that is ready to run gets some of a core sooner."""


def busiest_thread(process: psutil.Process, *, timeout_s: float) -> int:
    """Waits until a thread works without a break, and returns its id; raises AssertionError when none does."""
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        before = _times(process)
        time.sleep(LOOK_S)
        after = _times(process)
        grown = {thread: spent - before.get(thread, 0.0) for thread, spent in after.items()}
        thread = max(grown, key=lambda each: grown[each])
        if grown[thread] > BUSY_SHARE * LOOK_S:
            return thread
    raise AssertionError(f"no thread was busy within {timeout_s} s")


def last_progress(process: psutil.Process, thread: int, *, timeout_s: float) -> float:
    """Waits until the thread is quiet; returns the `perf_counter` instant at which its time last grew."""
    grew_at = time.perf_counter()
    spent = _times(process).get(thread, 0.0)
    until = grew_at + timeout_s
    while (now := time.perf_counter()) - grew_at < QUIET_S:
        assert now < until, f"the thread still worked after {timeout_s} s"
        if (total := _times(process).get(thread, spent)) != spent:
            spent, grew_at = total, now
        time.sleep(POLL_S)
    return grew_at


def _times(process: psutil.Process) -> dict[int, float]:
    return {each.id: each.user_time + each.system_time for each in process.threads()}
