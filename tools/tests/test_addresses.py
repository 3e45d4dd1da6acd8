import subprocess
from pathlib import Path

import pytest

from tools.checks.addresses import main


@pytest.fixture
def root(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


# Put together here, so that this file itself names none of them.
@pytest.mark.parametrize(
    "line",
    [
        "https://py" + "pi.org/simple",
        "pip install --index" + "-url http://mirror",
        "index" + "-url = http://mirror",
        "see /ro" + "ot/notes",
        "see /home" + "/ada/notes",
    ],
)
def test_an_index_or_a_path_of_one_machine_is_found(root: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    (root / "notes.md").write_text(f"fine\n{line}\n")
    assert main(root) == 1
    assert capsys.readouterr().out.startswith("notes.md:2: names ")


@pytest.mark.parametrize(
    "line", ["$HOME/wo" + "rk/x", "docs/wo" + "rk/x", "example.com/ro" + "ot/x", "--no-emit-index" + "-url"]
)
def test_what_only_looks_alike_passes(root: Path, line: str) -> None:
    (root / "notes.md").write_text(line)
    assert main(root) == 0
