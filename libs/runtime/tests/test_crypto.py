"""Secrets at rest: whoever seals cannot open, keys rotate, and no fault shows a key or a secret."""

import base64
import os

import pytest

from rowcall_runtime.crypto import BadKey, CannotOpen, Opener, Sealer, master_keys, public_key_of

SECRET = "postgresql://reader:pässwörd@db/flights"


def new_master_key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_a_sealed_secret_is_opened_by_the_private_key_alone() -> None:
    key, other = new_master_key(), new_master_key()
    sealed = Sealer(public_key_of(key)).seal(SECRET)

    assert Opener([key]).open(sealed) == SECRET
    assert SECRET.encode() not in sealed.ciphertext
    with pytest.raises(CannotOpen):
        Opener([other]).open(sealed)


def test_sealing_twice_gives_two_ciphertexts_so_that_equal_secrets_do_not_show() -> None:
    sealer = Sealer(public_key_of(new_master_key()))
    assert sealer.seal(SECRET).ciphertext != sealer.seal(SECRET).ciphertext


def test_during_a_rotation_secrets_of_both_keys_are_opened() -> None:
    former, current = new_master_key(), new_master_key()
    old, new = (Sealer(public_key_of(key)).seal(SECRET) for key in (former, current))
    assert old.key_id != new.key_id

    rotating = Opener([current, former])
    assert [rotating.open(sealed) for sealed in (old, new)] == [SECRET, SECRET]

    rotated = Opener([current])
    assert rotated.open(new) == SECRET
    with pytest.raises(CannotOpen, match=old.key_id):
        rotated.open(old)


def test_the_setting_lists_the_current_key_and_then_those_it_replaces() -> None:
    former, current = new_master_key(), new_master_key()
    setting = f"{current}, {former}\n"
    assert public_key_of(setting) == public_key_of(current)
    opener = Opener(master_keys(setting))
    sealed = [Sealer(public_key_of(key)).seal(SECRET) for key in (setting, former)]
    assert [opener.open(each) for each in sealed] == [SECRET, SECRET]


@pytest.mark.parametrize("others", [",", ",hunter2", ";x"])
def test_a_list_with_something_that_is_no_key_is_refused_as_a_whole(others: str) -> None:
    with pytest.raises(BadKey, match="ROWCALL_MASTER_KEY") as refused:
        Opener(master_keys(new_master_key() + others))
    assert "hunter2" not in str(refused.value)


def test_an_altered_secret_is_not_opened() -> None:
    key = new_master_key()
    sealed = Sealer(public_key_of(key)).seal(SECRET)
    flipped = bytes([*sealed.ciphertext[:-1], sealed.ciphertext[-1] ^ 1])
    for ciphertext in (flipped, b"", sealed.ciphertext[:40]):
        with pytest.raises(CannotOpen):
            Opener([key]).open(sealed.model_copy(update={"ciphertext": ciphertext}))


@pytest.mark.parametrize("key", ["", "hunter2", "A" * 43, base64.b64encode(b"short").decode(), "é" * 44])
def test_a_setting_that_is_no_key_is_named_with_its_cure_and_never_shown(key: str) -> None:
    for build, setting in ((Sealer, "ROWCALL_PUBLIC_KEY"), (lambda text: Opener([text]), "ROWCALL_MASTER_KEY")):
        with pytest.raises(BadKey, match=f"{setting} .*openssl rand -base64 32") as refused:
            build(key)
        assert not key or key not in str(refused.value)
