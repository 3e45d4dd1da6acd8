"""Which databases are fitted on, calibrated on and judged by: never by question, so that no schema is in two parts."""

import hashlib
from enum import StrEnum

VALIDATED_PERCENT = 25
CALIBRATED_PERCENT = 10


class Fold(StrEnum):
    """A part of a question set."""

    FIT = "fit"
    CALIBRATE = "calibrate"
    VALIDATE = "validate"


def fold_of(db: str) -> Fold:
    """Returns the fold of the database of that name: the same on every machine and in every set.

    The first eight bytes of the name's SHA-256, modulo 100, below `VALIDATED_PERCENT` is `validate`, the next
    `CALIBRATED_PERCENT` are `calibrate`. The parser is trained on `fit`, the confidence in its answers learnt on
    `calibrate`, where the parser is as new to the schema as it will be to a user's; figures are those of `validate`.
    """
    number = int.from_bytes(hashlib.sha256(db.encode()).digest()[:8], "big") % 100
    if number < VALIDATED_PERCENT:
        return Fold.VALIDATE
    return Fold.CALIBRATE if number < VALIDATED_PERCENT + CALIBRATED_PERCENT else Fold.FIT
