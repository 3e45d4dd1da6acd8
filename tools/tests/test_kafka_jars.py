from pathlib import Path

import pytest

from tools.local.kafka_jars import MANIFEST, JarsError, sha256, verify, write_manifest


@pytest.fixture
def jars(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "a.jar", tmp_path / "b.jar"]
    for jar in found:
        jar.write_bytes(jar.name.encode())
    return found


@pytest.fixture
def manifest(tmp_path: Path, jars: list[Path]) -> Path:
    path = tmp_path / "jars.sha256"
    write_manifest(jars, path)
    return path


def test_the_jars_of_the_manifest_pass(jars: list[Path], manifest: Path) -> None:
    verify(jars, manifest)
    assert manifest.read_text().splitlines() == [f"{sha256(jar)}  {jar.name}" for jar in jars]


def test_a_changed_jar_is_refused_and_named(jars: list[Path], manifest: Path) -> None:
    jars[1].write_bytes(b"something else")
    with pytest.raises(JarsError, match=r"b\.jar.*Delete them"):
        verify(jars, manifest)


def test_a_jar_that_is_not_listed_is_refused(jars: list[Path], manifest: Path, tmp_path: Path) -> None:
    extra = tmp_path / "c.jar"
    extra.write_bytes(b"")
    with pytest.raises(JarsError, match=r"does not list: c\.jar"):
        verify([*jars, extra], manifest)


def test_a_jar_that_did_not_come_is_missed(jars: list[Path], manifest: Path) -> None:
    with pytest.raises(JarsError, match=r"did not deliver: a\.jar"):
        verify(jars[1:], manifest)


def test_the_committed_manifest_pins_the_broker_and_its_client_to_one_version() -> None:
    names = {line.split()[1] for line in MANIFEST.read_text().splitlines()}
    assert {"kafka_2.13-4.1.1.jar", "kafka-clients-4.1.1.jar", "log4j-core-2.25.1.jar"} <= names
