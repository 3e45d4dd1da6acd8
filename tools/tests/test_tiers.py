"""The summary of a run: tests per tier and backends, also where several processes share the work."""

import pytest

from tools.checks.sources import ROOT

pytest_plugins = ["pytester"]

PLAIN = ("-p", "no:cacheprovider", "-p", "xdist")

TESTS = """
import pytest

def test_plain(backends):
    backends.note("store", "one store")

@pytest.mark.contract
def test_of_a_port(backends):
    backends.note("driver", "motor")
"""


@pytest.mark.parametrize("processes", [[], ["--numprocesses", "2"]])
def test_tests_are_counted_and_backends_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, processes: list[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the import of plugins takes longer than the test
    pytester.makeconftest('pytest_plugins = ["tools.testing.tiers"]')
    pytester.makeini("[pytest]\nmarkers =\n    contract: a\n    integration: b")
    pytester.makepyfile(test_one=TESTS, test_two="def test_other(backends): backends.note('store', 'another store')")

    result = pytester.runpytest_subprocess(*PLAIN, *processes)

    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        [
            "unit: 2 tests, contract: 1 tests, integration: 0 tests",
            "store: another store, one store; broker: none; driver: motor",
        ]
    )


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("tests/integration", "unit: 0 tests, contract: 0 tests, integration: 1 tests"),
        ("tests/chaos", "unit: 0 tests, contract: 0 tests, integration: 1 tests"),
        ("tests/deploy", "unit: 1 tests, contract: 0 tests, integration: 0 tests"),
    ],
)
def test_what_starts_processes_is_known_by_its_folder(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, folder: str, line: str
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the import of plugins takes longer than the test
    pytester.makeconftest('pytest_plugins = ["tools.testing.tiers"]')
    pytester.makeini("[pytest]\nmarkers =\n    contract: a\n    integration: b")
    (pytester.mkdir("tests") / folder.removeprefix("tests/")).mkdir()
    (pytester.path / folder / "test_it.py").write_text("def test_it(): assert True\n", encoding="utf-8")

    pytester.runpytest_subprocess(*PLAIN).stdout.fnmatch_lines([line])
