"""What a package imports is declared, by it or by a package of ours that it builds on, and locked for the images.

The environment of a developer holds the tests' packages as well, so nothing else would notice.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

from tools.checks.sources import ROOT

LOCK_INPUT = Path("requirements/services.in")
OURS = "rowcall-"
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def main(root: Path = ROOT) -> int:
    """Prints every breach; returns the exit status."""
    distributions = packages_distributions()
    declared = {_distribution(home): _declared(home) for home in _homes(root)}
    locked = {name for line in (root / LOCK_INPUT).read_text(encoding="utf-8").splitlines() for name in _names(line)}
    breaches = [
        *(f"{LOCK_INPUT} lacks {name}" for name in sorted(set().union(*declared.values()) - locked - declared.keys())),
        *(
            f"{place.relative_to(root).as_posix()} imports {module}, which {home.name}/pyproject.toml does not declare"
            for home in _homes(root)
            for module, place in sorted(_imports(home).items())
            if not _owners(module, distributions) & _closure(_distribution(home), declared)
        ),
    ]
    print("\n".join(breaches) or "dependencies: every import is declared and locked")
    return bool(breaches)


def _homes(root: Path) -> list[Path]:
    return sorted(path.parent for path in root.glob("*/*/pyproject.toml"))


def _distribution(home: Path) -> str:
    return f"{OURS}{home.name}"


def _closure(name: str, declared: Mapping[str, set[str]]) -> set[str]:
    below = (_closure(each, declared) for each in declared[name] if each in declared)
    return {name}.union(declared[name], *below)


def _owners(module: str, distributions: Mapping[str, list[str]]) -> set[str]:
    return {_normal(name) for name in [module, *distributions.get(module, [])]}


def _imports(home: Path) -> dict[str, Path]:
    """By top-level module outside the standard library: one file that imports it. Test support is left out."""
    files = [path for path in home.glob("rowcall_*/**/*.py") if "testing" not in (path.stem, path.parent.name)]
    found = {module: path for path in files for module in _imported(path)}
    return {name: place for name, place in found.items() if name not in sys.stdlib_module_names}


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".", maxsplit=1)[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".", maxsplit=1)[0]


def _declared(home: Path) -> set[str]:
    project = tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project.get("optional-dependencies", {}).values()
    return {name for lines in (project["dependencies"], *extras) for line in lines for name in _names(line)}


def _names(line: str) -> list[str]:
    return [_normal(match[0])] if (match := NAME.match(line)) else []


def _normal(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
