"""Which tests one process runs together."""

import re

import pytest

from tools.checks.sources import ROOT
from tools.testing.sharing import share_of

pytest_plugins = ["pytester"]


@pytest.mark.parametrize(
    ("test", "share"),
    [
        ("libs/runtime/tests/test_sweep.py::test_a[x::y]", "libs/runtime/tests/test_sweep.py"),
        ("libs/runtime/tests/on_kafka/test_bus.py::test_a", "libs/runtime/tests/on_kafka"),
        ("tests/integration/test_costs.py::test_a", "tests/integration"),
        ("tests/integration/sandbox/test_outages.py::test_a", "tests/integration/sandbox"),
        ("tests/deploy/test_images.py::test_a", "tests/deploy/test_images.py"),
    ],
)
def test_a_file_or_a_folder_with_servers_of_its_own_is_handed_out_whole(test: str, share: str) -> None:
    assert share_of(test) == share


def test_one_process_runs_all_tests_of_a_deployment(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the import of plugins takes longer than the test
    pytester.makeconftest('pytest_plugins = ["tools.testing.sharing"]')
    folder = pytester.path / "tests" / "integration"
    folder.mkdir(parents=True)
    for name in ("test_a.py", "test_b.py", "test_c.py"):
        (folder / name).write_text("def test_it(): pass\n", encoding="utf-8")
    pytester.makepyfile(test_other="def test_it(): pass")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "xdist", "-v", "--numprocesses", "2")

    result.assert_outcomes(passed=4)
    ran = re.findall(r"\[(gw\d)\].* PASSED tests.integration", result.stdout.str())
    assert len(ran) == 3
    assert len(set(ran)) == 1
