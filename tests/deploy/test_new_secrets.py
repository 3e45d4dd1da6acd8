"""The script that makes the keys of a new installation."""

import subprocess
import sys
from pathlib import Path

import pytest

from rowcall_contracts.resources import SealedSecret
from rowcall_runtime.crypto import Opener, Sealer
from tools.checks.sources import ROOT

SCRIPT = ROOT / "deploy/new-secrets.sh"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "keys" / "of-a-new-installation"
    assert _run(made).returncode == 0
    return made


def test_what_the_public_key_seals_the_master_key_opens(folder: Path) -> None:
    sealed: SealedSecret = Sealer((folder / "public-key").read_text()).seal("postgresql://db/sales")
    assert Opener([(folder / "master-key").read_text()]).open(sealed) == "postgresql://db/sales"


def test_the_bootstrap_key_has_the_form_that_the_gateway_wants(folder: Path) -> None:
    key = (folder / "bootstrap-key").read_text()
    assert key.startswith("rk_")
    assert len(key) >= 32


def test_the_folder_is_closed_to_others_and_its_files_are_open_to_the_containers_user(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o644}


def test_existing_keys_are_never_replaced(folder: Path) -> None:
    before = (folder / "master-key").read_text()
    again = _run(folder)
    assert again.returncode == 1
    assert "exists already" in again.stderr
    assert (folder / "master-key").read_text() == before


def test_no_key_is_printed(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    printed = _run(folder)
    keys = [file.read_text() for file in folder.iterdir()]
    assert len(keys) == 3
    assert not any(key in printed.stdout + printed.stderr for key in keys)


def _run(folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PYTHON": sys.executable, "PATH": "/usr/bin:/bin"}
    return subprocess.run([SCRIPT, folder], env=environ, check=False, capture_output=True, text=True)
