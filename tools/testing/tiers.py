"""Prints at the end of a run how many tests ran per tier, and which store, broker and driver they used.

A test is of the tier `integration` when it lies in one of `PROCESSES`, of `contract` when it carries that marker, else
`unit`.
Fixtures that open a store, a broker or a driver say so: `backends.note("store", "secantusd-py")`.
"""

from collections import Counter
from collections.abc import Generator, Iterable

import pytest
from xdist.workermanage import WorkerController

KINDS = ("store", "broker", "driver")
TIERS = ("unit", "contract", "integration")
PROCESSES = ("tests/integration", "tests/chaos")
"""Folders of tests that start whole processes."""


class Backends:
    """What real servers and clients the tests of this run have used."""

    def __init__(self) -> None:
        self._used: dict[str, set[str]] = {kind: set() for kind in KINDS}

    def note(self, kind: str, name: str) -> None:
        """Adds one; `kind` is store, broker or driver. Raises `KeyError` for another kind."""
        self._used[kind].add(name)

    def names(self) -> dict[str, list[str]]:
        """Returns all of them by kind."""
        return {kind: sorted(names) for kind, names in self._used.items()}

    def line(self) -> str:
        """Returns one line for the summary."""
        return "; ".join(f"{kind}: {', '.join(sorted(names)) or 'none'}" for kind, names in self._used.items())


HANDED_OVER = "backends"
BACKENDS = pytest.StashKey[Backends]()


@pytest.fixture(scope="session")
def backends(pytestconfig: pytest.Config) -> Backends:
    """Where fixtures note what they opened."""
    return pytestconfig.stash[BACKENDS]


def pytest_configure(config: pytest.Config) -> None:
    """Begins a run with nothing used."""
    config.stash[BACKENDS] = Backends()


def pytest_collection_modifyitems(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    """Marks what lies in `PROCESSES`, so that `-m integration` selects it."""
    for item in items:
        if any(item.path.is_relative_to(config.rootpath / folder) for folder in PROCESSES):
            item.add_marker(pytest.mark.integration)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist hands over what its tests have used."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output[HANDED_OVER] = session.config.stash[BACKENDS].names()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController) -> None:
    """Takes it."""
    for kind, names in getattr(node, "workeroutput", {}).get(HANDED_OVER, {}).items():
        for name in names:
            node.config.stash[BACKENDS].note(kind, name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Puts the tier into the report, which outlives the test."""
    report = yield
    report.user_properties.append(("tier", _tier(item)))
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the two lines."""
    reports = (
        report
        for outcome in ("passed", "failed", "xfailed")
        for report in terminalreporter.getreports(outcome)
        if isinstance(report, pytest.TestReport)
    )
    counts = Counter(dict(report.user_properties).get("tier") for report in reports)
    terminalreporter.section("what ran")
    terminalreporter.write_line(", ".join(f"{tier}: {counts[tier]} tests" for tier in TIERS))
    terminalreporter.write_line(config.stash[BACKENDS].line())


def _tier(item: pytest.Item) -> str:
    return next((tier for tier in reversed(TIERS) if item.get_closest_marker(tier)), "unit")
