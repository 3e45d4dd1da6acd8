"""Documents that are generated from code stand in git and are never stale."""

import difflib
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.checks.sources import ROOT

GENERATORS: Mapping[str, tuple[str, ...]] = {
    "docs/openapi.json": ("rowcall_gateway.openapi",),
    "docs/asyncapi.json": ("rowcall_contracts.asyncapi",),
    "docs/settings.md": ("tools.generate.settings",),
    "docs/problems.md": ("tools.generate.problems",),
    "docs/metrics.md": ("tools.generate.metrics",),
}
"""By document: the Python module, with arguments, that prints it."""

DIFF_LINES = 20


def main(arguments: list[str], root: Path = ROOT) -> int:
    """With `--write`, writes every document; without, prints what is stale. Returns the exit status."""
    stale = 0
    for name, module in GENERATORS.items():
        fresh = _generate(module, root)
        document = root / name
        if "--write" in arguments:
            document.parent.mkdir(parents=True, exist_ok=True)
            document.write_text(fresh, encoding="utf-8")
        elif not document.exists() or document.read_text(encoding="utf-8") != fresh:
            stale += 1
            _complain(document, fresh)
    print(f"generated: {len(GENERATORS)} documents, {stale} stale")
    return bool(stale)


def _generate(module: tuple[str, ...], root: Path) -> str:
    command = [sys.executable, "-m", *module]
    return subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True).stdout


def _complain(document: Path, fresh: str) -> None:
    old = document.read_text(encoding="utf-8") if document.exists() else ""
    print(f"{document.name} is stale; run `make schemas` and commit it:")
    changes = difflib.unified_diff(old.splitlines(), fresh.splitlines(), "in git", "generated", lineterm="", n=1)
    print("\n".join(line for line, _ in zip(changes, range(DIFF_LINES), strict=False)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
