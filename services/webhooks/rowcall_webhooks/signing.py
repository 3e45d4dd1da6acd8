"""Standard Webhooks 1.0.0 signatures of kind `v1`: HMAC-SHA256 over `id.timestamp.body`.

Own code, because the official Python library signs a time that is not in UTC as the wrong instant
(standard-webhooks issue #251) and cannot sign bodies that are not UTF-8. It is the oracle of the tests instead.
"""

import base64
import hmac
import re
from collections.abc import Sequence

from rowcall_contracts.webhook_secrets import parse_secret

HEADER_ID = "webhook-id"
HEADER_TIMESTAMP = "webhook-timestamp"
HEADER_SIGNATURE = "webhook-signature"

_WEBHOOK_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


def sign(key: bytes, *, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Returns `v1,` and the base64 signature.

    `timestamp` is the time of this attempt in whole seconds since 1970; `body` is what is sent, byte for byte.

    Raises:
        ValueError: the id is empty, longer than 128 characters, or holds more than letters, digits, `_` and `-`. A dot
            would let one message pass for another (specification, "Signature scheme"), a line break would be a header.
    """
    if not _WEBHOOK_ID.fullmatch(webhook_id):
        raise ValueError("A webhook id is 1 to 128 letters, digits, `_` or `-`.")
    signed = b"%s.%d.%s" % (webhook_id.encode("ascii"), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode("ascii")


def signature_headers(secrets: Sequence[str], *, webhook_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Returns the three headers of one attempt, signed with each secret (`whsec_…`), newest first.

    A receiver accepts when any signature matches, so two secrets bridge a rotation.

    Raises:
        InvalidSecret: a secret is malformed.
        ValueError: there is no secret, or the id is malformed.
    """
    if not secrets:
        raise ValueError("An attempt is signed with at least one secret.")
    keys = [parse_secret(secret) for secret in secrets]
    signatures = [sign(key, webhook_id=webhook_id, timestamp=timestamp, body=body) for key in keys]
    return {HEADER_ID: webhook_id, HEADER_TIMESTAMP: str(timestamp), HEADER_SIGNATURE: " ".join(signatures)}
