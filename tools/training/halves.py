"""The two halves of the databases trained on: what a parser trained on one proposes for the other teaches trust."""

import hashlib

HALVES = (0, 1)


def half_of(database: str) -> int:
    """Returns 0 or 1: the last bit of the name's SHA-256's 21st byte, which says nothing of its fold."""
    return hashlib.sha256(database.encode()).digest()[20] & 1
