"""Skips that nobody listed turn a run of the check red."""

import pytest

from tools.checks.sources import ROOT
from tools.testing.skips import ALLOWED, AllowedSkip, AllowedSkipsError, allowed_skips, unlisted

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_runs():
    pass

def test_is_skipped():
    pytest.skip("there is no such machine")
"""
BLAMED = "*skips that tests/allowed-skips.txt does not list*"


def test_a_line_is_a_pattern_and_a_reason() -> None:
    text = "# comment\n\ntests/integration/test_a.py::* : needs a container engine\n"
    assert allowed_skips(text) == [AllowedSkip("tests/integration/test_a.py::*", "needs a container engine")]


@pytest.mark.parametrize("line", ["tests/a.py::*", "tests/a.py::* : "])
def test_a_line_without_a_reason_is_refused(line: str) -> None:
    with pytest.raises(AllowedSkipsError, match="needs `pattern : reason`"):
        allowed_skips(line)


def test_a_skip_that_no_pattern_covers_is_unlisted() -> None:
    allowed = [AllowedSkip("tests/a.py::test_x[[]*]", "why")]
    assert unlisted(["tests/a.py::test_x[one]", "tests/a.py::test_y"], allowed) == ["tests/a.py::test_y"]


@pytest.mark.parametrize(
    ("ci", "listed", "processes", "status"),
    [
        ("true", "test_other.py::* : why", "0", pytest.ExitCode.TESTS_FAILED),
        ("true", "test_other.py::* : why", "2", pytest.ExitCode.TESTS_FAILED),
        ("true", "test_one.py::test_is_skipped : why", "0", pytest.ExitCode.OK),
        ("", "", "0", pytest.ExitCode.OK),
    ],
)
def test_a_skip_that_is_not_listed_turns_the_run_of_the_check_red(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    *,
    ci: str,
    listed: str,
    processes: str,
    status: pytest.ExitCode,
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the import of plugins takes longer than the test
    monkeypatch.setenv("CI", ci)
    pytester.makeini("[pytest]")
    pytester.makeconftest('pytest_plugins = ["tools.testing.skips"]')
    pytester.mkdir(ALLOWED.parent).joinpath(ALLOWED.name).write_text(listed, encoding="utf-8")
    pytester.makepyfile(test_one=TESTS)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "xdist", "--numprocesses", processes)

    result.assert_outcomes(passed=1, skipped=1)
    assert result.ret == status
    if status is pytest.ExitCode.TESTS_FAILED:
        result.stdout.fnmatch_lines([BLAMED, "test_one.py::test_is_skipped"])
    else:
        result.stdout.no_fnmatch_line(BLAMED)
