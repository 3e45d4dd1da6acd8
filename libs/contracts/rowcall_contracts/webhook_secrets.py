"""Endpoint secrets between bytes and text, as Standard Webhooks 1.0.0 ("Signature scheme") serialises them.

The gateway makes a secret and shows it once; webhooks signs with it. No message here ever shows one.
"""

import base64
import binascii
import re
from collections.abc import Callable

SECRET_PREFIX = "whsec_"  # noqa: S105
MIN_KEY_BYTES = 24
MAX_KEY_BYTES = 64
NEW_KEY_BYTES = 32
"""Length of a new key: that of HMAC-SHA256's output, as RFC 2104 §3 advises."""

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)


class InvalidSecret(ValueError):
    """A text is not an endpoint secret; the message says what is wrong and never shows the text."""


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """Returns a fresh secret as text. `random_bytes(n)` gives n bytes fit for keys, such as `secrets.token_bytes`.

    Raises:
        InvalidSecret: the source gave too few or too many bytes.
    """
    return format_secret(random_bytes(NEW_KEY_BYTES))


def format_secret(key: bytes) -> str:
    """Returns `whsec_` and the key in padded standard base64.

    Raises:
        InvalidSecret: the key is not 24 to 64 bytes long.
    """
    return SECRET_PREFIX + base64.b64encode(_require_length(key)).decode("ascii")


def parse_secret(text: str) -> bytes:
    """Returns the key of a secret; missing base64 padding is accepted, as the official libraries do.

    Raises:
        InvalidSecret: no prefix, not base64, or not 24 to 64 bytes long.
    """
    if not text.startswith(SECRET_PREFIX):
        raise InvalidSecret(f"A webhook secret starts with {SECRET_PREFIX!r}.")
    return _require_length(_decode(text.removeprefix(SECRET_PREFIX)))


def _decode(encoded: str) -> bytes:
    if not _BASE64.fullmatch(encoded):
        raise InvalidSecret("The part of a webhook secret after its prefix is standard base64.")
    unpadded = encoded.rstrip("=")
    try:
        return base64.b64decode(unpadded + "=" * (-len(unpadded) % 4), validate=True)
    except binascii.Error as error:
        raise InvalidSecret("The base64 part of a webhook secret is cut off.") from error


def _require_length(key: bytes) -> bytes:
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise InvalidSecret(f"A webhook key has {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes, not {len(key)}.")
    return key
