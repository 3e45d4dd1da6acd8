"""Which databases are fitted on and which only judged: by database, never by question, so that no schema is in both."""

import hashlib
from enum import StrEnum

VALIDATED_PERCENT = 25


class Fold(StrEnum):
    """A part of a question set."""

    FIT = "fit"
    VALIDATE = "validate"


def fold_of(db: str) -> Fold:
    """Returns the fold of the database of that name: the same on every machine and in every set.

    The first eight bytes of the name's SHA-256, modulo 100, below `VALIDATED_PERCENT` is `validate`. Whatever is
    trained, calibrated or looked at question by question may use `fit` alone.
    """
    number = int.from_bytes(hashlib.sha256(db.encode()).digest()[:8], "big")
    return Fold.VALIDATE if number % 100 < VALIDATED_PERCENT else Fold.FIT
