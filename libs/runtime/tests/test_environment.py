"""Settings come from the environment or from files, and complaints name the key, never the value."""

from pathlib import Path

import pytest

from rowcall_contracts.settings import ExecutorSettings, GatewaySettings, Settings
from rowcall_runtime.environment import BadSettings, load_settings

SECRET = "hunter2-not-to-be-shown"


@pytest.fixture(autouse=True)
def least(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that every service needs."""
    monkeypatch.setenv("ROWCALL_MONGO_URL", f"mongodb://u:{SECRET}@db/rowcall")
    monkeypatch.setenv("ROWCALL_KAFKA_BOOTSTRAP", "kafka:9092")


@pytest.mark.parametrize("name", ["MONGO_URL", "KAFKA_SASL_PASSWORD"])
def test_every_secret_may_lie_in_a_file_which_wins(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-the-file\n")
    monkeypatch.setenv(f"ROWCALL_{name}", "from-the-variable")
    monkeypatch.setenv(f"ROWCALL_{name}_FILE", str(tmp_path / "secret"))
    value = getattr(load_settings(Settings), name.lower())
    assert value.get_secret_value() == "from-the-file"


def test_lists_in_files_are_read_as_in_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROWCALL_MASTER_KEY", SECRET)
    (tmp_path / "networks").write_text("10.0.0.0/8, 192.168.1.0/24\n")
    monkeypatch.setenv("ROWCALL_DATABASE_ALLOW_NETWORKS_FILE", str(tmp_path / "networks"))
    monkeypatch.setenv("ROWCALL_FILE_ROOTS", "/data:/more")
    settings = load_settings(ExecutorSettings)
    assert [str(network) for network in settings.database_allow_networks] == ["10.0.0.0/8", "192.168.1.0/24"]
    assert settings.file_roots == (Path("/data"), Path("/more"))


def test_a_file_that_cannot_be_read_is_named_by_its_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ROWCALL_MONGO_URL_FILE", str(tmp_path / "absent"))
    with pytest.raises(BadSettings, match=r"ROWCALL_MONGO_URL_FILE: .*No such file"):
        load_settings(Settings)


def test_every_fault_is_named_and_no_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROWCALL_KAFKA_BOOTSTRAP")
    monkeypatch.setenv("ROWCALL_CONCURRENCY", SECRET)
    monkeypatch.setenv("ROWCALL_WEBHOOK_ALLOW_NETWORKS", f"10.0.0.0/8,{SECRET}")
    with pytest.raises(BadSettings) as refused:
        load_settings(GatewaySettings)
    told = str(refused.value)
    for key in ("KAFKA_BOOTSTRAP", "CONCURRENCY", "WEBHOOK_ALLOW_NETWORKS", "PUBLIC_KEY"):
        assert f"ROWCALL_{key}" in told
    assert SECRET not in told
    assert refused.value.__cause__ is not None
    assert SECRET not in str(refused.value.__cause__)
    assert SECRET not in repr(load_settings.__doc__)
