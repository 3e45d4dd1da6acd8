"""`python -m bench [--only NAME ...] [--quick]`: measures, prints, and after a whole run writes RESULTS.md."""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import accept, cancel, chat, machine, noop, recovery, steps
from bench.backend import Backend, Chosen, installed, staged
from bench.effort import FULL, QUICK, Effort
from bench.measurement import Measurement, Row
from bench.results import Results
from tools.local.errors import LaptopError
from tools.local.run import end_once

MEASUREMENTS = (
    accept.MEASUREMENT,
    chat.MEASUREMENT,
    steps.MEASUREMENT,
    noop.MEASUREMENT,
    cancel.MEASUREMENT,
    recovery.MEASUREMENT,
)
BUDGET_S = 13 * 60
"""Nothing new is begun after so long; what was left out is said."""

REASON_LENGTH = 300
PAGE = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Returns the exit status: 1 when a measurement failed, whose row then says why, 130 when it was stopped."""
    given = _arguments()
    signal.signal(signal.SIGTERM, end_once)
    chosen = [each for each in MEASUREMENTS if not given.only or each.name in given.only]
    backends, missing = installed()
    results = Results(machine.description(), notes=[*missing, *noop.left_out()])
    given_backend = Chosen().backend
    # Those on one backend come first: they are short, and time may run out.
    plan = [
        (each, backend)
        for each in sorted(chosen, key=lambda each: each.everywhere)
        for backend in (backends if each.everywhere and not given.quick else [given_backend])
    ]
    try:
        good = _measure(plan, QUICK if given.quick else FULL, results)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    page = results.page(chosen, machine.load())
    print(page)
    if not given.quick and not given.only:
        PAGE.write_text(page, encoding="utf-8")
    return 0 if good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = [each.name for each in MEASUREMENTS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="few repetitions, on the backend that the settings name")
    return parser.parse_args()


def _measure(plan: Sequence[tuple[Measurement, Backend]], effort: Effort, results: Results) -> bool:
    good = True
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="rowcall-bench-") as folder:
        for number, (measurement, backend) in enumerate(plan):
            if time.monotonic() - began > BUDGET_S:
                results.notes.append(f"Out of time: `{measurement.name}` on {backend.label} was left out.")
                continue
            results.paces_ms.append(machine.pace_ms())
            started = time.monotonic()
            try:
                with staged(backend, Path(folder) / str(number)) as stage:
                    rows = measurement.run(stage, effort)
            except (AssertionError, OSError, LaptopError, TimeoutError) as error:
                good = False
                rows = [_failed(measurement, error)]
            results.add(measurement, backend.label, rows)
            took_s = time.monotonic() - started
            print(f"{measurement.name} on {backend.label}, {took_s:.0f} s: {rows}", file=sys.stderr, flush=True)
    return good


def _failed(measurement: Measurement, error: Exception) -> Row:
    reason = " ".join(str(error).split()).replace("|", "/")[-REASON_LENGTH:]
    return (f"failed: {type(error).__name__}: {reason}", *[""] * (len(measurement.header) - 2))


if __name__ == "__main__":
    sys.exit(main())
