from pathlib import Path

import pytest

from tools.checks.dependencies import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "services.in").write_text("# comment\npydantic\nfaststream[kafka]\n")
    package(tmp_path, "libs/runtime", imports="import faststream", needs='"faststream[kafka]"')
    package(tmp_path, "services/web", imports="import json, faststream", needs='"rowcall-runtime", "pydantic>=2"')
    return tmp_path


def package(root: Path, home: str, *, imports: str, needs: str = "") -> None:
    module = root / home / f"rowcall_{Path(home).name}" / "module.py"
    module.parent.mkdir(parents=True, exist_ok=True)
    module.write_text(imports)
    (root / home / "pyproject.toml").write_text(f"[project]\ndependencies = [{needs}]\n")


def test_an_import_may_be_declared_by_a_package_of_ours_below(root: Path) -> None:
    assert main(root) == 0


def test_an_import_that_nobody_declares_is_found_though_it_is_installed_here(root: Path, capsys: Capture) -> None:
    package(root, "services/web", imports="from hypothesis import given")
    assert main(root) == 1
    assert "services/web/rowcall_web/module.py imports hypothesis, which web/pyproject" in capsys.readouterr().out


def test_a_declared_package_that_the_images_lack_is_found(root: Path, capsys: Capture) -> None:
    package(root, "services/web", imports="", needs='"markdown-it-py"')
    assert main(root) == 1
    assert capsys.readouterr().out == "requirements/services.in lacks markdown-it-py\n"


def test_an_import_may_be_declared_by_an_extra(root: Path) -> None:
    package(root, "services/web", imports="import pydantic")
    project = root / "services/web/pyproject.toml"
    project.write_text(f'{project.read_text()}[project.optional-dependencies]\nmeasure = ["pydantic"]\n')
    assert main(root) == 0
