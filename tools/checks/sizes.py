"""Files, functions and parameter lists stay small.

Lines are counted with blanks and comments, functions without their decorators. The habit is keywords after the second
parameter; what fails is a fourth positional one in a public function, decorated ones aside, since frameworks call those
by name. A parameter list that somebody else dictates carries `# sizes: <reason>` on the line of its `def`.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.checks.sources import ROOT, is_test, python_files

MAX_PARAMETERS = 5
MAX_POSITIONAL = 3
SKIP = "# sizes:"
RECEIVERS = frozenset({"self", "cls"})

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Bounds in lines for the median, the 90th percentile and the largest."""

    what: str
    p50: int
    p90: int
    largest: int


FILES = Limit(what="files", p50=120, p90=300, largest=500)
FUNCTIONS = Limit(what="functions", p50=8, p90=30, largest=60)


@dataclass(frozen=True)
class Sized:
    """A file or function and its length in lines."""

    place: str
    lines: int


def main(root: Path = ROOT) -> int:
    """Prints the distribution and every breach; returns the exit status."""
    sources = {path: path.read_text(encoding="utf-8") for path in python_files(root)}
    sources = {path: text for path, text in sources.items() if text.strip()}
    breaches = [
        *_outgrown(FILES, [Sized(_place(path, root), len(text.splitlines())) for path, text in sources.items()]),
        *_outgrown(FUNCTIONS, [each for path, text in sources.items() for each in _functions(path, text, root=root)]),
        *[
            breach
            for path, text in sources.items()
            if not is_test(path)
            for breach in _parameters(path, text, root=root)
        ],
    ]
    print("\n".join(breaches) or "sizes: within the limits")
    return bool(breaches)


def percentile(values: Sequence[int], percent: int) -> int:
    """Returns the nearest-rank percentile; 0 of nothing."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * percent // 100) - 1)] if ranked else 0


def _outgrown(limit: Limit, found: Sequence[Sized]) -> Iterator[str]:
    lines = [each.lines for each in found]
    p50, p90 = percentile(lines, 50), percentile(lines, 90)
    print(f"{limit.what}: {len(found)}; lines p50 {p50}, p90 {p90}, largest {max(lines, default=0)}")
    if p50 > limit.p50 or p90 > limit.p90:
        yield f"{limit.what}: p50 {p50} and p90 {p90} may be {limit.p50} and {limit.p90} lines at most"
    for each in found:
        if each.lines > limit.largest:
            yield f"{each.place}: {each.lines} lines; {limit.largest} at most"


def _functions(path: Path, text: str, *, root: Path) -> Iterator[Sized]:
    for node in _definitions(text):
        yield Sized(f"{_place(path, root)}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)


def _parameters(path: Path, text: str, *, root: Path) -> Iterator[str]:
    lines = text.splitlines()
    for node in _definitions(text):
        if SKIP in lines[node.lineno - 1] or node.name.startswith("__"):
            continue
        place = f"{_place(path, root)}:{node.lineno} {node.name}"
        positional = _named([*node.args.posonlyargs, *node.args.args])
        if len(positional) + len(node.args.kwonlyargs) > MAX_PARAMETERS:
            yield f"{place}: {len(positional) + len(node.args.kwonlyargs)} parameters; {MAX_PARAMETERS} at most"
        if len(positional) > MAX_POSITIONAL and not (node.name.startswith("_") or node.decorator_list):
            yield f"{place}: {len(positional)} positional parameters; {MAX_POSITIONAL} at most, the rest keyword-only"


def _named(arguments: Iterable[ast.arg]) -> list[str]:
    return [argument.arg for argument in arguments if argument.arg not in RECEIVERS]


def _definitions(text: str) -> Iterator[Definition]:
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, Definition))


def _place(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


if __name__ == "__main__":
    sys.exit(main())
