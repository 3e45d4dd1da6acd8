"""What `make install` says on machines that cannot run Rowcall; interpreters that only pretend stand on PATH."""

import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "install.sh"
OLD = 'case "$1" in --version) echo "Python 3.9.18";; *) exit 1;; esac'
WITHOUT_VENV = 'case "$2" in *venv*) exit 1;; *) exit 0;; esac'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "bash").symlink_to("/bin/bash")
    return folder


def install(path: Path, *, script: str, name: str = "python3") -> subprocess.CompletedProcess[str]:
    (path / name).write_text(f"#!/bin/bash\n{script}\n")
    (path / name).chmod(0o755)
    command = ["/bin/bash", str(SCRIPT), str(path.parent / "venv"), "build"]
    return subprocess.run(command, check=False, capture_output=True, text=True, env={"PATH": str(path)})


def test_an_old_python_is_named_with_the_cure(path: Path) -> None:
    finished = install(path, script=OLD)
    assert finished.returncode == 1
    assert "needs Python 3.11 or newer" in finished.stderr
    assert "python3: Python 3.9.18" in finished.stderr
    assert "python3.13: missing" in finished.stderr
    assert "make install PYTHON=" in finished.stderr


def test_a_python_without_the_venv_module_is_named_with_the_cure(path: Path) -> None:
    finished = install(path, script=WITHOUT_VENV, name="python3.12")
    assert finished.returncode == 1
    assert f"{path}/python3.12 lacks the modules venv and ensurepip" in finished.stderr
    assert "apt-get install python3-venv" in finished.stderr
