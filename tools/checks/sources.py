"""Finds the files that the checks read."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ("libs", "services", "tools", "tests", "bench")


def python_files(root: Path = ROOT) -> Iterator[Path]:
    """Yields every Python file of ours."""
    for folder in CODE:
        yield from sorted((root / folder).rglob("*.py"))


def is_test(path: Path) -> bool:
    """Whether the file is test code, where fixtures give functions their parameters."""
    return "tests" in path.parts or path.name == "conftest.py"


def repository_files(root: Path = ROOT) -> list[Path]:
    """Returns every file that git tracks or would offer to track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]
