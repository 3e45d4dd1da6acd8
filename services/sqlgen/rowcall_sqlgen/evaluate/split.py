"""Which databases are fitted on, calibrated on and judged by: never by question, so that no schema is in two parts."""

import hashlib
from enum import StrEnum

VALIDATED = range(15)
CALIBRATED = range(25, 35)
"""Of the hundred numbers that a name may have."""


class Fold(StrEnum):
    """A part of a question set."""

    FIT = "fit"
    CALIBRATE = "calibrate"
    VALIDATE = "validate"


def fold_of(db: str) -> Fold:
    """Returns the fold of the database of that name: the same on every machine and in every set.

    The number is the first eight bytes of the name's SHA-256, modulo 100. The parser is trained on `fit`, the
    confidence in its answers learnt on `calibrate`, where the parser is as new to the schema as it will be to a
    user's; figures are those of `validate`.
    """
    number = int.from_bytes(hashlib.sha256(db.encode()).digest()[:8], "big") % 100
    if number in VALIDATED:
        return Fold.VALIDATE
    return Fold.CALIBRATE if number in CALIBRATED else Fold.FIT
