"""Secrets at rest: NaCl sealed boxes (X25519, XSalsa20-Poly1305). Whoever seals cannot open."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from rowcall_contracts.resources import SealedSecret


class BadKey(ValueError):
    """A key setting is not base64 of 32 bytes; the message never shows it."""

    def __init__(self, setting: str) -> None:
        super().__init__(f"{setting} is not base64 of 32 bytes; make one with `openssl rand -base64 32`.")


class CannotOpen(Exception):
    """No configured private key opens the secret."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"No configured key opens a secret sealed for key {key_id}.")


class Sealer:
    """Seals with the public key alone."""

    def __init__(self, public_key: str) -> None:
        raw = _decode(public_key, "ROWCALL_PUBLIC_KEY")
        self._box = SealedBox(PublicKey(raw))
        self._key_id = key_id(raw)

    def seal(self, secret: str) -> SealedSecret:
        """Returns the secret so that only the private key's holder can read it."""
        return SealedSecret(key_id=self._key_id, ciphertext=self._box.encrypt(secret.encode()))


class Opener:
    """Opens what was sealed for any of its keys; the first one is current, the others are being rotated out."""

    def __init__(self, master_keys: Sequence[str]) -> None:
        privates = [PrivateKey(_decode(key, "ROWCALL_MASTER_KEY")) for key in master_keys]
        self._boxes = {key_id(bytes(private.public_key)): SealedBox(private) for private in privates}

    def open(self, sealed: SealedSecret) -> str:
        """Returns the secret.

        Raises:
            CannotOpen: it was sealed for another key, or was altered.
        """
        box = self._boxes.get(sealed.key_id)
        if box is None:
            raise CannotOpen(sealed.key_id)
        try:
            return box.decrypt(sealed.ciphertext).decode()
        except CryptoError as error:
            raise CannotOpen(sealed.key_id) from error


def master_keys(setting: str) -> list[str]:
    """Returns the keys of `ROWCALL_MASTER_KEY`: separated by commas, the current one first, then those it replaces."""
    return [key.strip() for key in setting.split(",")]


def public_key_of(setting: str) -> str:
    """Returns the base64 public key that belongs to the current private key of the setting."""
    current = master_keys(setting)[0]
    return base64.b64encode(bytes(PrivateKey(_decode(current, "ROWCALL_MASTER_KEY")).public_key)).decode()


def key_id(public_key: bytes) -> str:
    """Returns the short name of a key: the first 8 bytes of its SHA-256, in hex."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def _decode(text: str, setting: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey(setting) from error
    if len(raw) != PrivateKey.SIZE:
        raise BadKey(setting)
    return raw
