"""With `CI=true` a skipped test fails the run unless `tests/allowed-skips.txt` lists it with a reason.

A line there is a pattern for the test's id (as in a shell), ` : `, and why it may be skipped where the check runs.
"""

import os
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ALLOWED = Path("tests/allowed-skips.txt")
SEPARATOR = " : "


class AllowedSkipsError(ValueError):
    """A line of the list has no reason."""


@dataclass(frozen=True)
class AllowedSkip:
    """Tests that may be skipped, and why."""

    pattern: str
    reason: str


def allowed_skips(text: str) -> list[AllowedSkip]:
    """Reads the list; blank lines and comments aside. Raises `AllowedSkipsError`."""
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [_parse(line) for line in lines]


def unlisted(node_ids: list[str], allowed: list[AllowedSkip]) -> list[str]:
    """Returns the tests that no pattern covers."""
    return [node_id for node_id in node_ids if not any(fnmatchcase(node_id, each.pattern) for each in allowed)]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fails the run; the summary says which tests are to blame."""
    if os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK and _to_blame(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Names them."""
    if os.environ.get("CI") == "true" and (blamed := _to_blame(config)):
        terminalreporter.section("skips that tests/allowed-skips.txt does not list")
        for node_id in blamed:
            terminalreporter.write_line(node_id)


def _to_blame(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.getreports("skipped") if isinstance(reporter, pytest.TerminalReporter) else []
    skipped = [report.nodeid for report in reports]
    list_file = config.rootpath / ALLOWED
    return unlisted(skipped, allowed_skips(list_file.read_text(encoding="utf-8") if list_file.exists() else ""))


def _parse(line: str) -> AllowedSkip:
    pattern, separator, reason = line.partition(SEPARATOR)
    if not separator or not reason.strip():
        raise AllowedSkipsError(f"{ALLOWED}: {line!r} needs `pattern{SEPARATOR}reason`")
    return AllowedSkip(pattern.strip(), reason.strip())
