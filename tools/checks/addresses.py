"""No file names a package index or a path of somebody's machine: both make a clone work in one place only."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.checks.sources import ROOT, repository_files

FORBIDDEN = {
    "a package index": re.compile(
        r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|repo1?\.maven\.|crates\.io|proxy\.golang\.org"
        r"|--(?:extra-)?index-url\b|^\s*(?:extra-)?index-url\s*=|--(?:find-links|trusted-host)\b"
    ),
    "a path of one machine": re.compile(r"(?<![\w.$}])/(root|work|home/\w+|Users/\w+)/"),
}
"""`--no-emit-find-links` and the like are fine: they keep an index out."""


def main(root: Path = ROOT) -> int:
    """Prints every breach; returns the exit status."""
    breaches = [breach for path in repository_files(root) for breach in _breaches(path, root)]
    print("\n".join(breaches) or "addresses: no package index, no machine's paths")
    return bool(breaches)


def _breaches(path: Path, root: Path) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{path.relative_to(root).as_posix()}:{number}: names {what}"


if __name__ == "__main__":
    sys.exit(main())
