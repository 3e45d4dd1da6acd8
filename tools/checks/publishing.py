"""Only the bus and the outbox put records on Kafka: an event is published because it is stored, or not at all."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.checks.sources import ROOT, is_test, python_files

ALLOWED = frozenset({"bus.py", "outbox.py"})
ALLOWED_FOLDER = Path("libs/runtime/rowcall_runtime")
PRODUCT = ("libs", "services")
METHODS = frozenset({"publish", "publish_batch", "request", "send", "send_and_wait", "send_batch"})
SENDERS = re.compile(r"producer|broker|publisher", re.IGNORECASE)
PRODUCER_CLASSES = frozenset({"AIOKafkaProducer"})


def main(root: Path = ROOT) -> int:
    """Prints every breach; returns the exit status."""
    product = [path for path in python_files(root) if path.relative_to(root).parts[0] in PRODUCT and not is_test(path)]
    breaches = [breach for path in product if not _may_publish(path, root) for breach in _breaches(path, root)]
    print("\n".join(breaches) or "publishing: only in bus.py and outbox.py")
    return bool(breaches)


def _may_publish(path: Path, root: Path) -> bool:
    return path.relative_to(root).parent == ALLOWED_FOLDER and path.name in ALLOWED


def _breaches(path: Path, root: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        place = f"{path.relative_to(root).as_posix()}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call) and _publishes(node.func):
            yield f"{place}: {ast.unparse(node.func)}() publishes; store the event in the job's outbox instead"
        elif isinstance(node, ast.ImportFrom) and PRODUCER_CLASSES & {alias.name for alias in node.names}:
            yield f"{place}: only bus.py makes a producer"


def _publishes(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in METHODS
        and SENDERS.search(_last_name(function.value)) is not None
    )


def _last_name(expression: ast.expr) -> str:
    """`self._producer` → `_producer`; `broker()` → `broker`."""
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _last_name(function)
        case _:
            return ""


if __name__ == "__main__":
    sys.exit(main())
