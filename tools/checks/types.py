"""Runs mypy twice, side by side, because the packages and their tests need different roots.

`libs/x/tests` and `services/y/tests` hold files of equal names and no `__init__.py`. Seen from the repository's root
they are different modules; seen from the packages' roots, where the packages themselves must be seen from, they clash.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.checks.sources import ROOT

OTHERS = ("tools", "tests", "bench", "conftest.py")


def main(root: Path = ROOT) -> int:
    """Returns the exit status: 0 when both runs are clean."""
    homes = sorted(path.parent for path in root.glob("*/*/pyproject.toml"))
    packages = [
        str(package) for home in homes for package in sorted(home.glob("rowcall_*")) if any(package.rglob("*.py"))
    ]
    others = [name for name in OTHERS if any((root / name).rglob("*.py")) or (root / name).is_file()]
    tests = [str(home / "tests") for home in homes if any((home / "tests").rglob("*.py"))]
    with ThreadPoolExecutor() as pool:
        runs = (
            pool.submit(_mypy, [*packages, *others], root, path=os.pathsep.join(map(str, homes)), cache="packages"),
            pool.submit(_mypy, tests, root, path="", cache="tests"),
        )
    return max(run.result() for run in runs)


def _mypy(targets: Sequence[str], root: Path, *, path: str, cache: str) -> int:
    command = [sys.executable, "-m", "mypy", "--cache-dir", f".mypy_cache/{cache}", *targets]
    environ = {**os.environ, "MYPYPATH": path}
    finished = subprocess.run(command, cwd=root, check=False, env=environ, capture_output=True, text=True)
    print(finished.stdout + finished.stderr, end="", flush=True)
    return finished.returncode


if __name__ == "__main__":
    sys.exit(main())
