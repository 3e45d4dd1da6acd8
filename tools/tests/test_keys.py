import base64
from pathlib import Path

import pytest
from nacl.public import PrivateKey

from tools.local.keys import BadSecretError, Secret, read_bootstrap_key, read_public_key, secret_files
from tools.local.settings import LocalSettings
from tools.local.state import StateFolder


@pytest.fixture
def state(tmp_path: Path) -> StateFolder:
    folder = StateFolder(tmp_path)
    folder.run.mkdir()
    return folder


def settings(**values: object) -> LocalSettings:
    return LocalSettings.model_validate(values)


def test_keys_are_made_once_and_only_this_user_can_read_them(state: StateFolder) -> None:
    first = secret_files(settings(), state)
    contents = {secret: path.read_text() for secret, path in first.items()}
    assert {path.stat().st_mode & 0o777 for path in first.values()} == {0o600}
    assert {secret: path.read_text() for secret, path in secret_files(settings(), state).items()} == contents
    assert len(read_bootstrap_key(first)) >= 32


def test_a_given_key_is_used_and_does_not_replace_the_kept_one(state: StateFolder) -> None:
    kept = read_bootstrap_key(secret_files(settings(), state))
    given = "rk_" + "x" * 29
    assert read_bootstrap_key(secret_files(settings(bootstrap_key=given), state)) == given
    assert read_bootstrap_key(secret_files(settings(), state)) == kept


def test_the_public_key_belongs_to_the_master_key(state: StateFolder) -> None:
    private = PrivateKey.generate()
    files = secret_files(settings(master_key=base64.b64encode(bytes(private)).decode()), state)
    assert base64.b64decode(read_public_key(files)) == bytes(private.public_key)


def test_of_several_master_keys_the_public_key_belongs_to_the_first(state: StateFolder) -> None:
    current, former = PrivateKey.generate(), PrivateKey.generate()
    setting = ",".join(base64.b64encode(bytes(key)).decode() for key in (current, former))
    assert base64.b64decode(read_public_key(secret_files(settings(master_key=setting), state))) == bytes(
        current.public_key
    )


def test_there_is_a_file_for_the_llm_key_only_when_one_is_given(state: StateFolder, tmp_path: Path) -> None:
    assert Secret.LLM_API_KEY not in secret_files(settings(), state)
    assert secret_files(settings(llm_api_key_file=tmp_path / "k"), state)[Secret.LLM_API_KEY] == tmp_path / "k"


@pytest.mark.parametrize("key", ["rk_short", "x" * 40, "zz_" + "x" * 40])
def test_a_bad_operator_key_is_refused_without_being_shown(state: StateFolder, key: str) -> None:
    with pytest.raises(BadSecretError, match="must begin with rk_") as caught:
        read_bootstrap_key(secret_files(settings(bootstrap_key=key), state))
    assert key not in str(caught.value)


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"too short").decode()])
def test_a_bad_master_key_is_refused_without_being_shown(state: StateFolder, key: str) -> None:
    with pytest.raises(BadSecretError, match="openssl rand") as caught:
        read_public_key(secret_files(settings(master_key=key), state))
    assert key not in str(caught.value)
