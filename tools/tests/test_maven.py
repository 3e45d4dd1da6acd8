"""Jars are resolved once, and again when one is gone; jgo is replaced, since it needs the network."""

from dataclasses import dataclass
from pathlib import Path

import jgo
import pytest

from tools.local.maven import resolve_jars


@dataclass(frozen=True)
class Built:
    all_jars: list[Path]


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What jgo was asked for; as jgo does, each build takes its jars away before it makes them anew."""
    asked: list[str] = []

    def build(endpoint: str) -> Built:
        asked.append(endpoint)
        jars = [tmp_path / f"{endpoint}-{number}.jar" for number in range(2)]
        for jar in jars:
            jar.unlink(missing_ok=True)
            jar.write_bytes(b"jar")
        return Built(jars)

    monkeypatch.setattr(jgo, "build", build)
    return asked


def test_jars_are_resolved_once_for_each_endpoint(builds: list[str], tmp_path: Path) -> None:
    found = [resolve_jars(endpoint, cache=tmp_path / "cache") for endpoint in ("a", "b", "a")]
    assert builds == ["a", "b"]
    assert found[0] == found[2] == (tmp_path / "a-0.jar", tmp_path / "a-1.jar")


def test_a_jar_that_is_gone_is_resolved_again(builds: list[str], tmp_path: Path) -> None:
    _, jar = resolve_jars("a", cache=tmp_path / "cache")
    jar.unlink()
    assert jar in resolve_jars("a", cache=tmp_path / "cache")
    assert jar.is_file()
    assert builds == ["a", "a"]
