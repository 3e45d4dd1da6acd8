from pathlib import Path

import pytest

from tools.checks.sizes import main, percentile

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "libs").mkdir()
    (tmp_path / "libs" / "small.py").write_text("def add(left: int, right: int) -> int:\n    return left + right\n")
    return tmp_path


def plant(root: Path, source: str) -> int:
    (root / "libs" / "planted.py").write_text(source)
    return main(root)


def test_small_code_passes(root: Path) -> None:
    assert main(root) == 0


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1\n" * 501, "libs/planted.py: 501 lines; 500 at most"),
        ("def f():\n" + "    x = 1\n" * 60, "libs/planted.py:1 f: 61 lines; 60 at most"),
        ("async def f(a, *, b, c, d, e, f): ...\n", "libs/planted.py:1 f: 6 parameters; 5 at most"),
        ("class A:\n    def f(self, a, b, c, d): ...\n", "libs/planted.py:2 f: 4 positional parameters"),
        ("x = 1\n" * 301 + "\n" * 100, "files: p50 2 and p90 401 may be 120 and 300 lines at most"),
    ],
)
def test_a_planted_breach_is_found_and_placed(root: Path, capsys: Capture, source: str, complaint: str) -> None:
    assert plant(root, source) == 1
    assert complaint in capsys.readouterr().out


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def f(self, a, b, *, c, d, e): ...\n",
        "def f(a, b, c, d, e, f):  # sizes: sqlite3 calls it so\n    ...\n",
        "def _near(a, b, c, d): ...\n",
        "@router.get('/')\ndef f(a, b, c, d): ...\n",
        "x = 1\n" * 300,
    ],
)
def test_what_is_just_allowed_passes(root: Path, source: str) -> None:
    assert plant(root, source) == 0


def test_fixtures_may_give_a_test_many_parameters(root: Path) -> None:
    (root / "libs" / "tests").mkdir()
    (root / "libs" / "tests" / "test_a.py").write_text("def test_a(a, b, c, d, e, f): ...\n")
    assert main(root) == 0


@pytest.mark.parametrize(("percent", "expected"), [(50, 5), (90, 9), (100, 10)])
def test_a_percentile_is_the_nearest_rank(percent: int, expected: int) -> None:
    assert percentile(range(1, 11), percent) == expected
